import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Synchronization
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct ConventionsTests {
    @Test func credentialsAreTakenInEverySpelling() async throws {
        try await withEmbeddedBackend { backend in
            let token = backend.adminToken
            let bare = TestClient(backend).withoutToken()
            let table: [([(String, String)], Int)] = [
                ([("Synapse-Access-Token", "Token \(token)")], 200),
                ([("SYNAPSE-ACCESS-TOKEN", "token \(token)")], 200),
                ([("synapse-access-token", token)], 200),
                ([("Authorization", "Token \(token)")], 200),
                ([("Authorization", "Bearer \(token)")], 200),
                ([("Authorization", "Token \(token)"), ("Synapse-Tenant", "Token default")], 200),
                ([("Authorization", "Token \(token)"), ("Synapse-Tenant", "default")], 200),
                ([("Authorization", "Token \(token)"), ("SYNAPSE-Agent", "Token agt")], 200),
                ([("Authorization", "Token \(token)"), ("Synapse-Tenant", "Token acme")], 403),
                ([("Authorization", "Token \(token)x")], 401),
                ([("Authorization", "Token")], 401),
                ([], 401),
            ]
            for (headers, status) in table {
                var client = bare
                client.headers = headers
                let reply = try await client.get("/users/me/")
                #expect(reply.status == status, "\(headers.map(\.0)) \(reply.text)")
                if status == 401 { #expect(reply.headers.first(name: "WWW-Authenticate") == "Token") }
            }
            let made = try await backend.server.createAccessToken(tenant: "default")
            #expect(try await TestClient(backend, token: made).get("/users/me").status == 200)
            try await backend.server.revokeAccessToken(made)
            #expect(try await TestClient(backend, token: made).get("/users/me").status == 401)
        }
    }

    @Test func everyPathAnswersWithAndWithoutTheFinalSlash() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            for path in ["/health", "/users/me", "/projects", "/sdk/tasks", "/data_units"] {
                #expect(try await client.get(path).status == 200, "\(path)")
                #expect(try await client.get(path + "/").status == 200, "\(path)/")
            }
            #expect(try await client.post("/projects", ["title": "x"]).status == 201)
            let unknown = try await client.get("/nothing/here/")
            #expect(unknown.status == 404)
            #expect(unknown["detail"] == "Not found.")
            #expect(unknown.headers.first(name: "Synapse-Capabilities") == "idempotency-key")
            let wrong = try await client.send(.DELETE, "/projects/")
            #expect(wrong.status == 405)
            #expect(wrong.headers.first(name: "Allow") == "GET, HEAD, POST")
            #expect(try await client.get("/projects/abc/").status == 404)
        }
    }

    @Test(arguments: ["", "null", "[]", "3", "\"x\"", "{", "{\"title\":", "\u{FEFF}{}", "[[[[", "nul"])
    func oddBodiesAreRefusedWithoutACrash(body: String) async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            for path in [
                "projects", "data_collections", "data_files", "data_units", "tasks", "tasks/set_tags", "task_tags",
                "chunked_upload", "data_files/verify_checksums",
            ] {
                let reply = try await client.send(
                    .POST, "/\(path)/", body: .bytes(ByteBuffer(string: body)), type: "application/json")
                let isEmptyList = body == "[]" && ["data_units", "tasks"].contains(path)
                #expect(reply.status == (isEmptyList ? 201 : 400), "\(path): \(reply.text)")
                // A list of strings crashes clients.
                #expect(isEmptyList || reply.json.objectValue != nil, "\(path): \(reply.text)")
            }
        }
    }

    @Test func bodiesHaveALimit() async throws {
        try await withEmbeddedBackend(configure: {
            $0.limits.jsonByteCount = 100
            $0.limits.fileByteCount = 100
        }) { backend in
            let client = TestClient(backend)
            let long = String(repeating: "x", count: 200)
            let reply = try await client.post("/projects/", ["title": .string(long)])
            #expect(reply.status == 413)
            #expect(reply["detail"].stringValue?.contains("100") == true)
            #expect(try await client.upload([UInt8](repeating: 1, count: 101)).status == 413)
            #expect(try await client.upload([UInt8](repeating: 1, count: 100)).status == 201)
            #expect(FileSystem.names(in: backend.dataDirectory + "/uploads").isEmpty)
        }
    }

    @Test func theLogHasNoSecrets() async throws {
        let lines = LogLines()
        let logger = Logger(label: "test") { _ in CapturingHandler(lines: lines) }
        try await withEmbeddedBackend(logger: logger) { backend in
            let client = TestClient(backend)
            let file = try await client.with("X-Request-ID", "my-id").upload([1])
            #expect(file.headers.first(name: "X-Request-ID") == "my-id")
            let link = file["file"].stringValue ?? ""
            _ = try await client.get(link)
            _ = try await client.with("X-Request-ID", "bad id\"").get("/projects/?search=secret-search")
            let text = lines.text
            #expect(text.contains("media/{name}/{filename}"))
            #expect(text.contains("my-id"))
            #expect(!text.contains(backend.adminToken))
            #expect(!text.contains("signature"))
            #expect(!text.contains("secret-search"))
            #expect(!text.contains("bad id"))
        }
    }

    @Test func whatIsWrongWithAProjectIsNamed() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let table: [(JSONValue, String)] = [
                ([:], "title"), (["title": ""], "title"), (["title": nil], "title"), (["title": 3], "title"),
                (["title": .string(String(repeating: "x", count: 201))], "title"),
                (["title": "a\u{0}b"], "title"),
                (["title": "x", "category": "smell"], "category"),
                (["title": "x", "data_collection": 7], "data_collection"),
                (["title": "x", "is_archived": "yes"], "is_archived"),
                (["title": "x", "count_max_assignments_per_task": -1], "count_max_assignments_per_task"),
            ]
            for (body, field) in table {
                let reply = try await client.post("/projects/", body)
                #expect(reply.status == 400)
                #expect(reply.json.objectValue?.map(\.key) == [field], "\(reply.text)")
            }
            let made = try await client.post("/projects/", ["title": "x", "configuration": ["classification": [:]]])
            let changed = try await client.json(.PATCH, "/projects/\(made.id)/", ["title": "y"])
            #expect(changed["title"] == "y")
            #expect(changed["configuration"] == ["classification": [:]])
            #expect(try await client.get("/projects/?search=y")["count"] == 1)
        }
    }
}

final class LogLines: Sendable {
    private let state = Mutex("")

    var text: String { state.withLock { $0 } }

    func add(_ line: String) { state.withLock { $0 += line + "\n" } }
}

struct CapturingHandler: LogHandler {
    let lines: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(lines: LogLines) { self.lines = lines }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.add("\(event.level) \(event.message) \(event.metadata ?? [:]) \(metadata)")
    }
}
