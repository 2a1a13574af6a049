#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import GRDB
import SynapseTestSupport
import Synchronization
import Testing

@testable import SynapseServer

struct WriteBatchesTests {
    private struct Refused: Error, Equatable { let number: Int }

    private final class Commits: TransactionObserver, Sendable {
        let count = Mutex(0)

        func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
        func databaseDidChange(with event: DatabaseEvent) {}
        func databaseDidCommit(_ db: Database) { count.withLock { $0 += 1 } }
        func databaseDidRollback(_ db: Database) {}
    }

    /// A database with an empty table.
    private func withDatabase(
        _ body: @Sendable (ServerDatabase) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            let database = try ServerDatabase(path: folder + "/test.sqlite")
            try await database.write { try $0.execute(sql: "CREATE TABLE number (value INTEGER UNIQUE)") }
            try await body(database)
            try database.close()
        }
    }

    @Test func writesThatWaitShareACommitAndFailAlone() async throws {
        try await withDatabase { database in
            let commits = Commits()
            database.pool.add(transactionObserver: commits)
            let failures = try await withThrowingTaskGroup(of: Refused?.self) { group in
                group.addTask {
                    try await database.write { db in
                        try db.execute(sql: "INSERT INTO number VALUES (-1)")
                        usleep(300_000)
                    }
                    return nil
                }
                try await Task.sleep(for: .milliseconds(50))
                for number in 0..<100 {
                    group.addTask {
                        do {
                            try await database.write { db in
                                try db.execute(sql: "INSERT INTO number VALUES (?)", arguments: [number])
                                if number % 3 == 0 { throw Refused(number: number) }
                            }
                            return nil
                        } catch let error as Refused {
                            return error
                        }
                    }
                }
                var failures: Set<Int> = []
                for try await failure in group { if let failure { failures.insert(failure.number) } }
                return failures
            }
            #expect(failures == Set((0..<100).filter { $0 % 3 == 0 }))
            let kept = try await database.read { try Int.fetchAll($0, sql: "SELECT value FROM number ORDER BY value") }
            #expect(kept == [-1] + (0..<100).filter { $0 % 3 != 0 })
            #expect(commits.count.withLock { $0 } <= 10)
        }
    }

    @Test func aCommitThatFailsFailsEveryWriteOfItsBatch() async throws {
        try await withDatabase { database in
            try await database.write { db in
                try db.execute(
                    sql: "CREATE TABLE child (parent INTEGER REFERENCES number (value) DEFERRABLE INITIALLY DEFERRED)")
            }
            let refusals = try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await database.write { _ in _ = usleep(300_000) }
                    return false
                }
                try await Task.sleep(for: .milliseconds(50))
                for number in 0..<10 {
                    group.addTask {
                        do {
                            try await database.write { db in
                                try db.execute(sql: "INSERT INTO number VALUES (?)", arguments: [number])
                                // Found out when the transaction is to be committed, not before.
                                if number == 5 { try db.execute(sql: "INSERT INTO child VALUES (-7)") }
                            }
                            return false
                        } catch is DatabaseError {
                            return true
                        }
                    }
                }
                var refusals = 0
                for try await isRefused in group where isRefused { refusals += 1 }
                return refusals
            }
            let kept = try await database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM number") }
            #expect(refusals == 10 && kept == 0)
            // The next ones are not concerned.
            try await database.write { try $0.execute(sql: "INSERT INTO number VALUES (1)") }
        }
    }
}
