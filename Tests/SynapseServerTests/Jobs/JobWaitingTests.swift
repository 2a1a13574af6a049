import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

/// Jobs whose executor cannot be reached before they have begun.
@Suite(.timeLimit(.minutes(2)))
struct JobWaitingTests {
    private static let config = #"{"name": "P", "code": "p", "actions": {"go": {"entrypoint": "main.py"}}}"#

    /// A restart makes no waiting job a running one, and what was never begun is never lost.
    @Test func aJobGoesOnWaitingOverARestartUntilItIsStopped() async throws {
        try await withTemporaryDirectory { directory in
            let configure: (inout BackendServerConfiguration) -> Void = {
                $0.jobs.ray = "http://127.0.0.1:1"
                $0.jobs.lostAfter = .milliseconds(1)
            }
            let job = try await withEmbeddedBackend(in: directory, configure: configure) { backend in
                let client = TestClient(backend)
                let made = try await client.release(
                    [("plugin", "p"), ("version", "1"), ("config", Self.config)],
                    file: TestArchive.bytes(["main.py": "print(1)"]))
                #expect(made.status == 201, "\(made.text)")
                let job = try await client.post("/plugins/p/run/", ["action": "go"])["job_id"].stringValue ?? ""
                try await waits(client, job)
                return job
            }
            try await withEmbeddedBackend(in: directory, configure: configure) { backend in
                let client = TestClient(backend)
                // Longer than the pause between two tries.
                try await Task.sleep(for: .seconds(3))
                try await waits(client, job)
                _ = try await client.post("/jobs/\(job)/stop/", [:])
                try await eventually { try await client.get("/jobs/\(job)/")["status"] == "STOPPED" }
            }
        }
    }

    private func waits(_ client: TestClient, _ job: String) async throws {
        try await eventually {
            let job = try await client.get("/jobs/\(job)/").json
            #expect(job["status"] == "PENDING" && job["error"]?.isNull != false, "\(job)")
            return job["queue"]?["reason"]?.stringValue?.contains("127.0.0.1:1") == true
        }
    }
}
