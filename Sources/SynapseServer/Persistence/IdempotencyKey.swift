import Crypto
import GRDB
import HTTPTypes
import NIOCore

/// A client's name for one write, with a digest of the request that it came with.
///
/// Source: docs/wire-protocol.md, "Idempotency".
struct IdempotencyKey: Sendable {
    static let lifetime: Duration = .seconds(86_400)

    let text: String
    let fingerprint: String

    init(text: String, fingerprint: String) {
        self.text = text
        self.fingerprint = fingerprint
    }

    /// Whether an answer is saved under a key.
    static func isKnown(_ db: Database, _ key: String, tenant: Int64) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT 1 FROM idempotency_answer WHERE tenant_id = ? AND key = ? AND created > ?",
            arguments: [tenant, key, oldest]) ?? false
    }

    /// The answer that was saved under the key, marked as replayed; nil when the key is new.
    ///
    /// - Throws: ``APIError`` with status 409 when the key came with another request.
    func savedAnswer(_ db: Database, tenant: Int64) throws -> Answer? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT fingerprint, status, body FROM idempotency_answer
                WHERE tenant_id = ? AND key = ? AND created > ?
                """,
            arguments: [tenant, text, Self.oldest]
        )
        guard let row else { return nil }
        guard row[0] == fingerprint else {
            throw APIError(.conflict, "The idempotency key was used with another request.")
        }
        var answer = Answer(status: .init(code: row[1]), bytes: Array((row[2] as String).utf8))
        answer.isReplayed = true
        return answer
    }

    func save(_ answer: Answer, _ db: Database, tenant: Int64) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO idempotency_answer (tenant_id, key, fingerprint, status, body, created)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                tenant, text, fingerprint, answer.status.code, String(decoding: answer.bytes, as: UTF8.self),
                WireTime.now(),
            ]
        )
    }

    static var oldest: String { WireTime.now(adding: .zero - lifetime) }
}

/// Digests what makes two requests the same: method, path with query, and content.
struct RequestFingerprint: Sendable {
    private var hasher = SHA256()

    init(_ pieces: String...) {
        for piece in pieces { add(piece) }
    }

    mutating func add(_ piece: String) {
        add(byteCount: piece.utf8.count)
        hasher.update(data: Array(piece.utf8))
    }

    mutating func add(_ body: ByteBuffer) {
        add(byteCount: body.readableBytes)
        unsafe body.withUnsafeReadableBytes { unsafe hasher.update(bufferPointer: $0) }
    }

    /// Lengths go in first, so that moving a byte from one piece to the next changes the digest.
    private mutating func add(byteCount: Int) {
        hasher.update(data: Array("\(byteCount):".utf8))
    }

    func finalize() -> String { Hexadecimal.text(hasher.finalize()) }
}
