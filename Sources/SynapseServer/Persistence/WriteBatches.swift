import GRDB
import Synchronization

/// Lets writes that wait for the one writer share a transaction, and so the one flush to the disk that costs the most.
///
/// Each write is atomic by itself, in a savepoint, and sees what those before it did; none is answered before the
/// transaction that holds it is on the disk. A write that fails costs no other; a commit that fails costs all of its
/// batch.
final class WriteBatches: Sendable {
    /// Bounds how long the first of a batch waits for the last.
    private static let longestBatch = 64

    /// A write that waits, or one that has an outcome.
    private protocol Write: Sendable {
        func run(_ db: Database) throws
        func fail(_ error: any Error)
    }

    private final class Work<Value: Sendable>: Write {
        private let body: @Sendable (Database) throws -> Value
        private let outcome = Mutex<Result<Value, any Error>?>(nil)

        init(_ body: @escaping @Sendable (Database) throws -> Value) {
            self.body = body
        }

        func run(_ db: Database) throws {
            let value = try body(db)
            outcome.withLock { $0 = .success(value) }
        }

        func fail(_ error: any Error) { outcome.withLock { $0 = .failure(error) } }

        /// Every write that was begun has an outcome; without one it was not.
        func value() throws -> Value {
            guard let outcome = outcome.withLock({ $0 }) else { throw CancellationError() }
            return try outcome.get()
        }
    }

    private let waiting = Mutex<[any Write]>([])

    /// Runs a write, alone or with others that came meanwhile.
    func write<Value: Sendable>(
        in pool: DatabasePool, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try Task.checkCancellation()
        let work = Work(body)
        waiting.withLock { $0.append(work) }
        // Each write brings a turn of the writer's queue, and each turn takes all that wait: so at the end of its own
        // turn a write was taken, by that or an earlier one. A write that waits is not cancelled: others are with it.
        await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { db in
                self.runBatch(db)
                continuation.resume()
            }
        }
        return try work.value()
    }

    private func runBatch(_ db: Database) {
        let batch = waiting.withLock { waiting in
            defer { waiting.removeFirst(min(waiting.count, Self.longestBatch)) }
            return Array(waiting.prefix(Self.longestBatch))
        }
        if batch.isEmpty { return }
        var failed: [Int: any Error] = [:]
        do {
            try db.inTransaction(.immediate) {
                for (place, write) in batch.enumerated() {
                    do {
                        if batch.count == 1 {
                            try write.run(db)
                        } else {
                            try db.inSavepoint {
                                try write.run(db)
                                return .commit
                            }
                        }
                    } catch {
                        failed[place] = error
                        // A full disk, for one, ends the whole transaction.
                        guard batch.count > 1, db.isInsideTransaction else { throw error }
                    }
                }
                return .commit
            }
            for (place, error) in failed { batch[place].fail(error) }
        } catch {
            for (place, write) in batch.enumerated() { write.fail(failed[place] ?? error) }
        }
    }
}
