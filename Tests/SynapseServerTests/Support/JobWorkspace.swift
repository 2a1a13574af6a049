import AsyncHTTPClient
import NIOHTTP1
import SynapseModels
import SynapseTestSupport

/// A plugin with a release, and jobs of it.
struct JobWorkspace: Sendable {
    let client: TestClient
    let plugin: Int64
    let release: Int64

    init(_ client: TestClient, code: String = "digits", actions: JSONValue = ["train": [:], "inference": [:]])
        async throws
    {
        self.client = client
        plugin = try await client.post(
            "/plugins/", ["name": "Digits", "code": .string(code), "category": "neural_net"]
        ).id
        release = try await client.post(
            "/plugin_releases/",
            ["plugin": .string(code), "version": "1.0.0", "config": ["code": .string(code), "actions": actions]]
        ).id
    }

    /// Makes a job and answers its UUID.
    func makeJob(action: String = "train", _ extra: JSONObject = [:]) async throws -> String {
        var body: JSONObject = ["action": .string(action)]
        for member in extra { body[member.key] = member.value }
        return try await client.post("/plugins/\(plugin)/run/", .object(body))["job_id"].stringValue ?? ""
    }

    func patch(_ job: String, _ body: JSONValue) async throws -> TestClient.Reply {
        try await client.json(.PATCH, "/jobs/\(job)/", body)
    }

    func printLines(_ job: String, _ lines: [String]) async throws {
        _ = try await patch(job, ["console_logs": .array(lines.map { ["message": .string($0)] })])
    }
}
