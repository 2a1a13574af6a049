import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

/// Jobs whose process goes on, or ends badly, after it has said what became of the job.
@Suite(.timeLimit(.minutes(2)))
struct JobLingerTests {
    private static let config = #"{"name": "P", "code": "p", "actions": {"go": {"entrypoint": "main.py"}}}"#

    /// Reports an end over the API, as the SDK does, and goes on with what follows.
    private static func reporting(_ status: String, _ rest: String) -> String {
        """
        import json, os, sys, time, urllib.request
        token = os.environ["SYNAPSE_ACCESS_TOKEN"]
        url = os.environ["SYNAPSE_HOST"] + "/jobs/" + os.environ["SYNAPSE_JOB_ID"] + "/"
        headers = {"SYNAPSE-ACCESS-TOKEN": "Token " + token, "Content-Type": "application/json"}
        body = json.dumps({"status": "\(status)"}).encode()
        try: urllib.request.urlopen(urllib.request.Request(url, body, headers, method="PATCH")).read()
        except urllib.error.HTTPError as error: sys.exit(f"{error.code} {error.read()}")
        print("reported", flush=True)
        \(rest)
        """
    }

    @Test(arguments: ["SUCCEEDED", "FAILED"])
    func whatGoesOnCanBeStoppedAndKeepsItsWord(_ status: String) async throws {
        try await withJob(Self.reporting(status, "time.sleep(600)")) { client, job in
            try await waitUntil(client, job) { $0 == status }
            let reply = try await client.post("/jobs/\(job)/stop/", [:])
            #expect(reply.status == 200 && reply["status"] == .string(status), "\(reply.text)")
            #expect(try await client.get("/jobs/\(job)/tail_console_logs/").text.hasPrefix("reported\n"))
            // It has ended now: there is nothing to stop any more.
            #expect(try await client.post("/jobs/\(job)/stop/", [:]).status == 400)
            try await freesItsSlot(client)
        }
    }

    @Test(arguments: ["SUCCEEDED", "FAILED"])
    func whatGoesOnForTooLongIsEnded(_ status: String) async throws {
        try await withJob(Self.reporting(status, "time.sleep(600)"), linger: .milliseconds(300)) { client, job in
            let log = try await client.get("/jobs/\(job)/tail_console_logs/").text
            #expect(log.contains("The job had reported \(status) and went on"), "\(log)")
            #expect(try await client.get("/jobs/\(job)/")["status"] == .string(status))
        }
    }

    @Test(arguments: [
        ("sys.exit(5)", "The process ended with status 5 after it had reported SUCCEEDED."),
        ("os.kill(os.getpid(), 9)", "The process was killed by signal 9 (SIGKILL) after it had reported SUCCEEDED."),
        ("sys.exit(0)", ""),
    ])
    func aBadEndAfterSuccessIsTold(_ rest: String, _ said: String) async throws {
        try await withJob(Self.reporting("SUCCEEDED", rest)) { client, job in
            let log = try await client.get("/jobs/\(job)/tail_console_logs/").text
            #expect(log == "reported\n" + (said.isEmpty ? "" : said + "\n"))
            #expect(try await client.get("/jobs/\(job)/")["status"] == "SUCCEEDED")
        }
    }

    /// The one slot takes another job, which ends.
    private func freesItsSlot(_ client: TestClient) async throws {
        let made = try await client.release(
            [("plugin", "p"), ("version", "2"), ("config", Self.config)],
            file: TestArchive.bytes(["main.py": "print('next')"]))
        #expect(made.status == 201, "\(made.text)")
        let job = try await client.post("/plugins/p/run/", ["action": "go"])["job_id"].stringValue ?? ""
        #expect(try await client.get("/jobs/\(job)/tail_console_logs/").text == "next\n")
    }

    private func waitUntil(_ client: TestClient, _ job: String, _ isReached: (String) -> Bool) async throws {
        while true {
            if isReached(try await client.get("/jobs/\(job)/")["status"].stringValue ?? "") { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func withJob(
        _ script: String, linger: Duration = .seconds(60), _ body: (TestClient, String) async throws -> Void
    ) async throws {
        try await withEmbeddedBackend(configure: { configuration in
            configuration.jobs.slotCount = 1
            configuration.jobs.lingerLimit = linger
        }) { backend in
            let client = TestClient(backend)
            let made = try await client.release(
                [("plugin", "p"), ("version", "1"), ("config", Self.config)],
                file: TestArchive.bytes(["main.py": script]))
            #expect(made.status == 201, "\(made.text)")
            let job = try await client.post("/plugins/p/run/", ["action": "go"])["job_id"].stringValue ?? ""
            try await body(client, job)
        }
    }
}
