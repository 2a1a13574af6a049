import GRDB
import HTTPTypes

/// One write on behalf of a client: who it is for, and the key under which its answer is kept.
struct WriteScope: Sendable {
    let identity: Identity
    let key: IdempotencyKey?
    let database: ServerDatabase
    let cache: ListCache

    var tenant: Int64 { identity.tenantID }

    /// Runs one transaction and answers its result.
    ///
    /// A keyed write looks its key up and saves its answer in the same transaction: there is no moment at which the
    /// rows are there and the answer is not. The single writer makes a second request with the same key wait for the
    /// first, so that it finds the answer. Only success is kept: a refused write left nothing behind.
    func commit(
        changing changes: [TableChange] = [],
        _ body: @escaping @Sendable (Database) throws -> Answer
    ) async throws -> Answer {
        let answer = try await database.write { db in
            if let key, let saved = try key.savedAnswer(db, tenant: tenant) { return saved }
            let answer = try body(db)
            if let key { try key.save(answer, db, tenant: tenant) }
            return answer
        }
        if !answer.isReplayed { cache.note(changes, tenant: tenant) }
        return answer
    }
}
