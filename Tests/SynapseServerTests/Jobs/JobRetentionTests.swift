#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import GRDB
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct JobRetentionTests {
    private static let config = #"{"name": "P", "code": "p", "actions": {"go": {"entrypoint": "main.py"}}}"#

    @Test func whatJobsLeaveIsSweptAfterAWhileAndNothingElseIs() async throws {
        try await withTemporaryDirectory { directory in
            let (first, second) = try await withEmbeddedBackend(in: directory) { backend in
                let client = TestClient(backend)
                let made = try await client.release(
                    [("plugin", "p"), ("version", "1"), ("config", Self.config)],
                    file: TestArchive.bytes(["main.py": "print('kept')"]))
                #expect(made.status == 201, "\(made.text)")
                let first = try await run(client)
                let second = try await run(client)
                let services = backend.server.services
                let sweep = JobSweep(executor: try #require(services.executor), services: services)
                try await sweep.run()
                #expect(folders(directory) == [first, second])
                let past = WireTime.now(adding: .zero - services.configuration.jobs.retention - .seconds(1))
                try await services.database.write { db in
                    try db.execute(
                        sql: "UPDATE job_run SET ended = ? WHERE job_id = (SELECT id FROM job WHERE uuid = ?)",
                        arguments: [past, first])
                }
                try await sweep.run()
                #expect(folders(directory) == [second])
                // What it printed is a row, and stays.
                #expect(try await client.get("/jobs/\(first)/console_logs/").json == ["kept"])
                return (first, second)
            }
            // Folders that no job names go at the start, those of other names are somebody else's.
            let stray = directory + "/jobs/" + UUIDText.make()
            try FileSystem.makeDirectory(stray)
            try FileSystem.makeDirectory(directory + "/jobs/notes")
            try await withEmbeddedBackend(in: directory) { backend in
                #expect(backend.server.sweepReport.removedTemporaryCount == 1)
                #expect(folders(directory) == [second, "notes"])
                let row = try await TestClient(backend).get("/jobs/\(first)/")
                #expect(row["status"] == "SUCCEEDED")
            }
        }
    }

    private func folders(_ directory: String) -> Set<String> {
        Set(FileSystem.names(in: directory + "/jobs").filter { !$0.hasPrefix("python-") })
    }

    /// Runs a job to its end and answers its UUID.
    private func run(_ client: TestClient) async throws -> String {
        let job = try await client.post("/plugins/p/run/", ["action": "go"])["job_id"].stringValue ?? ""
        // The log ends when all of it is there.
        let log = try await client.get("/jobs/\(job)/tail_console_logs/")
        #expect(log.text == "kept\n")
        let row = try await client.get("/jobs/\(job)/")
        #expect(row["status"] == "SUCCEEDED", "\(row.text)")
        return job
    }

    /// An environment that cannot be removed keeps no folder of a job.
    @Test func foldersAreSweptWhateverBecomesOfEnvironments() async throws {
        try await withTemporaryDirectory { directory in
            try await withEmbeddedBackend(in: directory) { backend in
                let client = TestClient(backend)
                let made = try await client.release(
                    [("plugin", "p"), ("version", "1"), ("config", Self.config)],
                    file: TestArchive.bytes(["main.py": "print('kept')"]))
                #expect(made.status == 201, "\(made.text)")
                _ = try await run(client)
                let services = backend.server.services
                // A link to itself can be opened by nobody, not even by root.
                let lock = directory + "/environments/" + String(repeating: "a", count: 32) + ".lock"
                #expect(unsafe symlink(lock, lock) == 0)
                let past = WireTime.now(adding: .zero - services.configuration.jobs.retention - .seconds(1))
                try await services.database.write { db in
                    try db.execute(sql: "UPDATE job_run SET ended = ?", arguments: [past])
                }
                try await JobSweep(executor: try #require(services.executor), services: services).run()
                #expect(folders(directory).isEmpty)
            }
        }
    }
}
