#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import GRDB
import Logging
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct SweepTests {
    @Test func theSweepKnowsEveryTableThatNamesContent() throws {
        let queue = try DatabaseQueue()
        try Migrations.all.migrate(queue)
        let tables = try queue.read { db in
            try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'").filter { table in
                try db.foreignKeys(on: table).contains { $0.destinationTable == "stored_file" }
            }
        }
        #expect(Set(StoredFileRepository.referrers) == Set(tables))
    }

    @Test func contentOfAPluginReleaseSurvivesARestart() async throws {
        try await withTemporaryDirectory { directory in
            try await withEmbeddedBackend(in: directory) { backend in
                let client = TestClient(backend)
                let file = try await client.upload([1, 2, 3])
                try await backend.server.services.database.write { db in
                    // The content is the release's alone.
                    try db.execute(
                        sql: """
                            DELETE FROM data_file WHERE id = \(file.id);
                            INSERT INTO plugin (tenant_id, code, name, category, description, is_active, is_public,
                                system_only, created) VALUES (1, 'p', 'p', 'x', '', 1, 1, 0, 'now');
                            INSERT INTO plugin_release (tenant_id, plugin_id, version, config, requirements, readme,
                                debug, stored_file_id, author_id, created)
                                SELECT 1, 1, '1', '{}', '[]', '', 0, id, 1, 'now' FROM stored_file;
                            """)
                }
            }
            try await withEmbeddedBackend(in: directory) { backend in
                let count = try await backend.server.services.database.read { db in
                    try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM stored_file")
                }
                #expect(count == 1)
                #expect(backend.server.sweepReport.removedFileCount == 0)
            }
        }
    }

    @Test func whatTheServerDidNotMakeIsLeftAlone() async throws {
        try await withTemporaryDirectory { directory in
            try await withEmbeddedBackend(in: directory) { _ in }
            let foreign = [
                "/files/lost+found/note", "/files/aa/\(String(repeating: "a", count: 32))/inside",
                "/files/ab/readme.txt", "/files/stray", "/uploads/folder/x", "/uploads/mine.part", "/uploads/notes.tmp",
            ]
            for path in foreign {
                let slash = try #require(path.lastIndex(of: "/"))
                try FileSystem.makeDirectories(directory + path[..<slash])
                _ = try OpenFile(path: directory + path, mode: .creating)
            }
            // A name of the server's form in another name's folder is not the server's either.
            _ = try OpenFile(path: directory + "/files/ab/\(String(repeating: "c", count: 32))", mode: .creating)
            let orphan = directory + "/files/ab/\(String(repeating: "ab", count: 16))"
            _ = try OpenFile(path: orphan, mode: .creating)
            let lines = LogLines()
            let logger = Logger(label: "test") { _ in CapturingHandler(lines: lines) }
            try await withEmbeddedBackend(in: directory, logger: logger) { backend in
                #expect(backend.server.sweepReport.removedFileCount == 1)
                #expect(backend.server.sweepReport.removedTemporaryCount == 0)
            }
            for path in foreign { #expect(FileSystem.exists(directory + path), "\(path)") }
            #expect(!FileSystem.exists(orphan))
            for name in ["lost+found", "readme.txt", "stray", "mine.part"] {
                #expect(lines.text.contains(name), "\(name)")
            }
        }
    }

    @Test func aFolderThatIsGoneIsNoticed() async throws {
        try await withTemporaryDirectory { directory in
            try await withEmbeddedBackend(in: directory) { backend in
                for byte in 1...3 { _ = try await TestClient(backend).upload([UInt8(byte)]) }
            }
            try FileSystem.rename(directory + "/files", to: directory + "/elsewhere")
            try await withEmbeddedBackend(in: directory) { backend in
                #expect(backend.server.sweepReport.missingFileCount == 3)
                let health = try await TestClient(backend).get("/health")
                #expect(health["missing_files"] == 3)
            }
        }
    }

    /// An upload that is being worked on when it expires is the worker's, and a chunk makes it live on.
    @Test func anUploadUnderWayIsNotSwept() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let begun = try await client.chunk("/chunked_upload/", [1], range: "bytes 0-0/2")
            let id = begun["id"].stringValue ?? ""
            let services = backend.server.services
            let setExpiry: @Sendable (Duration) async throws -> Void = { lifetime in
                try await services.database.write { db in
                    try db.execute(
                        sql: "UPDATE chunked_upload SET expires = ?", arguments: [WireTime.now(adding: lifetime)])
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await services.assembler.locks.withLock(id) {
                    try await setExpiry(.seconds(-1))
                    group.addTask { try await Maintenance(services: services).sweep() }
                    // A sweep that does not wait is done long before this.
                    try await Task.sleep(for: .milliseconds(300))
                    try await setExpiry(.seconds(60))
                }
                try await group.waitForAll()
            }
            #expect(FileSystem.names(in: backend.dataDirectory + "/uploads").count == 1)
            try await setExpiry(.seconds(-1))
            try await Maintenance(services: services).sweep()
            #expect(FileSystem.names(in: backend.dataDirectory + "/uploads").isEmpty)
        }
    }

    @Test func aRevokedAdminTokenIsReplacedAtTheNextStart() async throws {
        try await withTemporaryDirectory { directory in
            let first = try await withEmbeddedBackend(in: directory) { backend in
                try await backend.server.revokeAccessToken(backend.adminToken)
                return backend.adminToken
            }
            try await withEmbeddedBackend(in: directory) { backend in
                #expect(backend.adminToken != first)
                let mine = try await TestClient(backend).get("/users/me")
                #expect(mine.status == 200)
                #expect(try await TestClient(backend, token: first).get("/users/me").status == 401)
            }
        }
    }

    @Test func aFailedCallNamesItsPathAndItsCause() throws {
        let error = #expect(throws: SystemError.self) { try FileSystem.makeDirectory("/nowhere/at/all") }
        #expect(error.map { "\($0)" }?.contains("/nowhere/at/all") == true)
        #expect(error.map { "\($0)" }?.contains("No such file or directory") == true)
        let unusable = #expect(throws: BackendServerError.self) {
            _ = try BackendServer(BackendServerConfiguration(dataDirectory: "/dev/null/data"))
        }
        #expect(unusable?.message.contains("Not a directory") == true, "\(unusable?.message ?? "")")
    }

    @Test func aJobsFolderThatCannotBeRemovedKeepsNoServerFromStarting() async throws {
        try await withTemporaryDirectory { directory in
            try await withEmbeddedBackend(in: directory) { _ in }
            let stray = directory + "/jobs/" + UUIDText.make()
            try FileSystem.makeDirectory(stray)
            // A link to itself can be opened by nobody, not even by root.
            #expect(unsafe symlink(stray + "/lock", stray + "/lock") == 0)
            let lines = LogLines()
            let logger = Logger(label: "test") { _ in CapturingHandler(lines: lines) }
            try await withEmbeddedBackend(in: directory, logger: logger) { backend in
                #expect(backend.server.sweepReport.removedTemporaryCount == 0)
            }
            #expect(lines.text.contains(stray), "\(lines.text)")
        }
    }
}
