import AsyncHTTPClient
import GRDB
import Logging
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct AgentRoutesTests {
    @Test func aBackendThatRunsNoJobsHasNoAgentAndListAgentsIsAPage() async throws {
        try await withEmbeddedBackend(configure: { $0.jobs.isEnabled = false }) { backend in
            let reply = try await TestClient(backend).get("/agents/")
            #expect(reply.status == 200)
            #expect(reply.json == ["count": 0, "next": nil, "previous": nil, "results": []])
        }
    }

    @Test func createAgentListAgentsGetAgentAndHealthCheckAgent() async throws {
        let lines = LogLines()
        let logger = Logger(label: "test") { _ in CapturingHandler(lines: lines) }
        try await withEmbeddedBackend(logger: logger, configure: { $0.jobs.isEnabled = false }) { backend in
            let client = TestClient(backend)
            let made = try await client.post("/agents/", ["name": "gpu-1", "url": "http://10.0.0.1:8000"])
            #expect(made.status == 201 && made["status"] == "disconnected" && made["last_seen"] == .null)
            let token = made["token"].stringValue ?? ""
            #expect(token.utf8.count == 40)
            #expect(try await client.get("/agents/\(made.id)/").json == made.json)
            // A GET asks and is no sign of life; the POST of the platform's own client has an empty body.
            #expect(try await client.get("/agents/\(token)/connect/")["status"] == "disconnected")
            let checked = try await client.send(
                .POST, "/agents/\(token)/connect/", body: .bytes([]), type: "application/json")
            #expect(checked.status == 200 && checked["status"] == "connected" && checked.id == made.id)
            #expect(checked["token"] == .null && !checked.text.contains(token))
            let listed = try await client.get("/agents/?search=gpu")
            #expect(listed.results.first?["status"] == "connected" && listed.results.first?["token"] == .string(token))
            // Long ago is not connected.
            try await backend.server.services.database.write { db in
                try db.execute(
                    sql: "UPDATE agent SET last_seen = ?", arguments: [WireTime.now(adding: .seconds(-301))])
            }
            #expect(try await client.get("/agents/\(made.id)/")["status"] == "disconnected")
            #expect(!lines.text.contains(token) && lines.text.contains("agents/{token}/connect"))
        }
    }

    @Test func aBackendThatRunsJobsIsAnAgentOfEveryTenantThatSaysHowItIs() async throws {
        try await withTemporaryDirectory { directory in
            let (id, token) = try await withEmbeddedBackend(in: directory) { backend in
                let client = TestClient(backend)
                let found = try await client.get("/agents/").results
                #expect(found.count == 1 && found.first?["name"] == "local" && found.first?["status"] == "connected")
                #expect(found.first?["url"] == .string(backend.url))
                try await backend.server.createTenant(code: "other", name: "Other")
                let stranger = TestClient(backend, token: try await backend.server.createAccessToken(tenant: "other"))
                let theirs = try await stranger.get("/agents/").results
                #expect(theirs.count == 1 && theirs.first?["id"] != found.first?["id"])
                #expect(theirs.first?["token"] != found.first?["token"])
                return (found.first?["id"] ?? .null, found.first?["token"]?.stringValue ?? "")
            }
            // The same one after a restart; it is not there when the server runs no jobs, or none with that Python.
            let configure: (inout BackendServerConfiguration) -> Void = { $0.jobs.python = "/no/such/python" }
            try await withEmbeddedBackend(in: directory, configure: configure) { backend in
                let client = TestClient(backend)
                let found = try await client.get("/agents/").results
                #expect(found.count == 1 && found.first?["id"] == id && found.first?["token"] == .string(token))
                #expect(found.first?["status"] == "disconnected")
                let one = try await client.get("/agents/\(found.first?["id"]?.integerValue ?? 0)/")
                #expect(one["status"] == "disconnected")
                let checked = try await client.post("/agents/\(token)/connect/", [:])
                #expect(checked["status"] == "disconnected")
                #expect(
                    checked["detail"].stringValue?.contains("/no/such/python") == true && !checked.text.contains(token))
            }
            try await withEmbeddedBackend(in: directory, configure: { $0.jobs.isEnabled = false }) { backend in
                let client = TestClient(backend)
                let listed = try await client.get("/agents/").results
                let checked = try await client.post("/agents/\(token)/connect/", [:])
                #expect(listed.first?["status"] == "disconnected" && checked["status"] == "disconnected")
            }
        }
    }

    @Test func whatIsWrongIsNamedAndAnUnknownTokenIs404() async throws {
        try await withEmbeddedBackend(configure: { $0.jobs.isEnabled = false }) { backend in
            let client = TestClient(backend)
            let token = try await client.post("/agents/", ["name": "a"])["token"].stringValue ?? ""
            let table: [(JSONValue, String)] = [
                ([:], "name"), (["name": ""], "name"), (["name": "a"], "name"),
                (["name": "b", "url": "ftp://x"], "url"), (["name": "b", "url": "http://user:pw@x"], "url"),
                (["name": "b", "url": 3], "url"),
            ]
            for (body, field) in table {
                let reply = try await client.post("/agents/", body)
                #expect(reply.status == 400 && reply.json.objectValue?.map(\.key) == [field], "\(reply.text)")
            }
            for unknown in ["0", String(token.dropLast()), token.uppercased(), token + "0", "%00", "1"] {
                #expect(try await client.post("/agents/\(unknown)/connect/", [:]).status == 404, "\(unknown)")
            }
            try await backend.server.createTenant(code: "other", name: "Other")
            let stranger = TestClient(backend, token: try await backend.server.createAccessToken(tenant: "other"))
            #expect(try await stranger.post("/agents/\(token)/connect/", [:]).status == 404)
            #expect(try await stranger.get("/agents/\(token)/connect/").status == 404)
            #expect(try await client.withoutToken().post("/agents/\(token)/connect/", [:]).status == 401)
            #expect(try await client.get("/agents/")["results"][0]?["status"] == "disconnected")
            #expect(try await client.get("/agents/?status=connected")["status"].arrayValue != nil)
        }
    }
}
