import GRDB
import Logging
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

/// Jobs whose database refuses what is written about them.
@Suite(.timeLimit(.minutes(3)))
struct JobOutageTests {
    private static let config = #"{"name": "P", "code": "p", "actions": {"go": {"entrypoint": "main.py"}}}"#

    /// The run goes on, and each line that it prints meanwhile is kept once.
    @Test func anOutageEndsNoJobAndLosesNoLine() async throws {
        let lines = LogLines()
        try await withServer(lines) { backend in
            let client = TestClient(backend)
            let directory = backend.dataDirectory
            let job = try await start(
                client,
                """
                import os, sys, time
                print("before", flush=True)
                while not os.path.exists("\(directory)/jobs/go"): time.sleep(0.01)
                for n in range(3): print("line", n, flush=True)
                sys.stdout.write("rest")
                """)
            try await eventually { try await client.get("/jobs/\(job)/console_logs/").json == ["before"] }
            try FileSystem.rename(directory + "/synapse.db", to: directory + "/away.db")
            try FileSystem.writeAtomically("", to: directory + "/jobs/go")
            try await eventually { lines.text.contains("a job waits for the database") }
            try await eventually { FileSystem.exists("\(directory)/jobs/\(job)/exit") }
            try FileSystem.rename(directory + "/away.db", to: directory + "/synapse.db")
            let log = try await client.get("/jobs/\(job)/tail_console_logs/").text
            #expect(log == "before\nline 0\nline 1\nline 2\nrest\n")
            #expect(try await client.get("/jobs/\(job)/")["status"] == "SUCCEEDED")
        }
    }

    @Test func whatIsGivenUpIsStopped() async throws {
        try await withServer(LogLines()) { backend in
            let client = TestClient(backend)
            try await refuse(backend, "BEFORE INSERT ON console_line")
            let job = try await start(client, "import time\nprint('line', flush=True)\ntime.sleep(600)")
            try await eventually { try await client.get("/jobs/\(job)/")["status"] == "FAILED" }
            #expect(try LocalJobFolder(path: "\(backend.dataDirectory)/jobs/\(job)").runner() == nil)
        }
    }

    /// Nobody says a second time that a job waits.
    @Test func aQueueThatCouldNotBeReadIsReadAgain() async throws {
        let lines = LogLines()
        try await withServer(lines) { backend in
            let client = TestClient(backend)
            try await refuse(backend, "BEFORE UPDATE OF claimed ON job_run")
            let job = try await start(client, "print('line')")
            try await eventually { lines.text.contains("the queue of jobs cannot be read") }
            #expect(try await client.get("/jobs/\(job)/")["status"] == "PENDING")
            try await backend.server.services.database.write { db in try db.execute(sql: "DROP TRIGGER refusal") }
            try await eventually { try await client.get("/jobs/\(job)/")["status"] == "SUCCEEDED" }
        }
    }

    private func withServer(_ lines: LogLines, _ body: (EmbeddedBackend) async throws -> Void) async throws {
        let logger = Logger(label: "test") { _ in CapturingHandler(lines: lines) }
        try await withEmbeddedBackend(logger: logger, body)
    }

    /// Lets one kind of write fail for good.
    private func refuse(_ backend: EmbeddedBackend, _ event: String) async throws {
        try await backend.server.services.database.write { db in
            try db.execute(sql: "CREATE TRIGGER refusal \(event) BEGIN SELECT RAISE(ABORT, 'refused'); END")
        }
    }

    private func start(_ client: TestClient, _ script: String) async throws -> String {
        let made = try await client.release(
            [("plugin", "p"), ("version", "1"), ("config", Self.config)],
            file: TestArchive.bytes(["main.py": script]))
        #expect(made.status == 201, "\(made.text)")
        return try await client.post("/plugins/p/run/", ["action": "go"])["job_id"].stringValue ?? ""
    }
}
