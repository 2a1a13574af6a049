import AsyncHTTPClient
import GRDB
import NIOCore
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct ModelRoutesTests {
    /// Uploads bytes in chunks and completes them.
    static func upload(_ client: TestClient, _ bytes: [UInt8], filename: String = "model.zip") async throws -> String {
        let begun = try await client.chunk(
            "/chunked_upload/", bytes, range: "bytes 0-\(bytes.count - 1)/\(bytes.count)", filename: filename)
        let id = begun["id"].stringValue ?? ""
        let done = try await client.post("/chunked_upload/\(id)/", ["md5": .string(TestClient.md5(bytes))])
        #expect(done.status == 200, "\(done.text)")
        return id
    }

    static func makePlugin(_ backend: EmbeddedBackend, _ code: String, tenant: String = "default") async throws -> Int64
    {
        try await backend.server.services.database.write { db in
            try db.execute(
                sql: """
                    INSERT INTO plugin
                        (tenant_id, code, name, category, description, is_active, is_public, system_only, created)
                    VALUES ((SELECT id FROM tenant WHERE code = ?), ?, ?, 'neural_net', '', 1, 0, 0, '')
                    """,
                arguments: [tenant, code, code])
            return db.lastInsertedRowID
        }
    }

    static func content(_ reply: TestClient.Reply, _ client: TestClient) async throws -> [UInt8] {
        let url = reply["file"].stringValue ?? ""
        #expect(url.hasPrefix("http://"))
        return try await client.withoutToken().get(url).bytes
    }

    @Test func createModelOfAnUploadThenGetModelAndItsFile() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let plugin = try await Self.makePlugin(backend, "yolov8")
            let workspace = try await Workspace(client)
            let bytes = Array("PK\u{3}\u{4} weights".utf8)
            let upload = try await Self.upload(client, bytes)
            let body: JSONValue = [
                "name": "My Model", "plugin": "yolov8", "version": "1.0.0", "chunked_upload": .string(upload),
                "configuration": ["lr": 0.1], "description": "first", "project": .integer(workspace.project),
                "metrics": ["mAP": 0.5],
            ]
            let made = try await client.post("/models/", body)
            #expect(made.status == 201, "\(made.text)")
            #expect(made["plugin"] == .integer(plugin) && made["category"] == "base" && made["is_released"] == false)
            #expect(made["configuration"] == ["lr": 0.1] && made["checkpoint"] == .null)
            #expect(made.json.objectValue?["metrics"] == nil)
            #expect(made["size"] == .integer(Int64(bytes.count)) && made["file_name_original"] == "model.zip")
            #expect(try await Self.content(made, client) == bytes)
            let read = try await client.get("/models/\(made.id)/?expand=metrics,plugin,project,unknown")
            #expect(read["metrics"] == ["mAP": 0.5] && read["plugin"]["code"] == "yolov8")
            #expect(read["project"]["title"] == "p")
            // A request that is sent twice makes one model, with a key and without.
            let again = try await client.post("/models/", body)
            #expect(again.status == 201 && again.id == made.id)
            let other = try await client.post("/models/", body.replacing("name", "Other"))
            #expect(other.status == 400 && other["chunked_upload"][0]?.stringValue?.contains("model 1") == true)
            #expect(try await client.get("/models/")["count"] == 1)
            // Trained further, the plugin named by its identifier.
            let second = try await client.post(
                "/models/",
                [
                    "name": "b", "plugin": .integer(plugin), "checkpoint": .integer(made.id),
                    "chunked_upload": .string(try await Self.upload(client, bytes)),
                ])
            #expect(second["checkpoint"] == .integer(made.id) && second.id != made.id, "\(second.text)")
            #expect(second["configuration"] == [:])
        }
    }

    @Test func createModelFromMultipartAndKeepItOverARestart() async throws {
        try await withTemporaryDirectory { directory in
            let bytes: [UInt8] = Array(repeating: 7, count: 100_000)
            let id = try await withEmbeddedBackend(in: directory) { backend in
                let client = TestClient(backend)
                _ = try await Self.makePlugin(backend, "yolov8")
                let fields = [
                    ("name", "m"), ("plugin", "yolov8"), ("configuration", #"{"lr": 1}"#), ("is_external", "True"),
                ]
                let body = TestClient.multipart(fields, file: bytes, filename: "w.pt")
                let made = try await client.send(
                    .POST, "/models/", body: .bytes(ByteBuffer(bytes: body)),
                    type: "multipart/form-data; boundary=b0undary")
                #expect(made.status == 201, "\(made.text)")
                #expect(made["configuration"] == ["lr": 1] && made["is_external"] == true)
                for (fields, name) in [
                    ([("name", "m"), ("configuration", "{")], "configuration"),
                    ([("name", "m"), ("configuration", "[]")], "configuration"),
                    ([("name", "m"), ("checkpoint", "x")], "checkpoint"), ([("plugin", "yolov8")], "name"),
                    ([("name", "m"), ("plugin", "no")], "plugin"),
                    ([("name", "m"), ("is_external", "so")], "is_external"),
                ] {
                    let wrong = try await client.send(
                        .POST, "/models/", body: .bytes(ByteBuffer(bytes: TestClient.multipart(fields, file: bytes))),
                        type: "multipart/form-data; boundary=b0undary")
                    #expect(wrong.status == 400 && wrong.json.objectValue?[name] != nil, "\(fields): \(wrong.text)")
                }
                let none = try await client.send(
                    .POST, "/models/",
                    body: .bytes(ByteBuffer(bytes: TestClient.multipart([("name", "m")], file: nil))),
                    type: "multipart/form-data; boundary=b0undary")
                #expect(none.status == 400 && none["file"] != .null)
                return made.id
            }
            // The sweep at the start leaves the file alone: only the model names it.
            try await withEmbeddedBackend(in: directory) { backend in
                let client = TestClient(backend)
                let read = try await client.get("/models/\(id)/")
                #expect(try await Self.content(read, client) == bytes)
            }
        }
    }

    @Test func listModelsFiltersAndUpdateModelReleases() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            _ = try await Self.makePlugin(backend, "a")
            _ = try await Self.makePlugin(backend, "b")
            let workspace = try await Workspace(client)
            var ids: [Int64] = []
            for (index, plugin) in ["a", "b", "a"].enumerated() {
                let upload = try await Self.upload(client, [UInt8(index), 1])
                var body: JSONValue = [
                    "name": .string("model \(index)"), "plugin": .string(plugin), "chunked_upload": .string(upload),
                ]
                if index == 2 { body = body.replacing("project", .integer(workspace.project)) }
                ids.append(try await client.post("/models/", body).id)
            }
            func found(_ query: String) async throws -> [Int64] {
                let reply = try await client.get("/models/?\(query)")
                #expect(reply.status == 200, "\(query): \(reply.text)")
                return reply.results.compactMap { $0["id"]?.integerValue }
            }
            #expect(try await found("plugin=a") == [ids[0], ids[2]])
            #expect(try await found("plugin=1") == [ids[0], ids[2]])
            #expect(try await found("project=\(workspace.project)") == [ids[2]])
            #expect(try await found("is_released=true").isEmpty)
            let released = try await client.json(
                .PATCH, "/models/\(ids[1])/", ["is_released": true, "metrics": ["f1": 1]])
            #expect(
                released["is_released"] == true && released["metrics"] == ["f1": 1] && released["name"] == "model 1")
            #expect(try await found("is_released=True") == [ids[1]])
            #expect(try await found("is_released=0") == [ids[0], ids[2]])
            #expect(try await found("search=model+2&fields=id") == [ids[2]])
            #expect(try await found("ordering=-name&page_size=2") == [ids[2], ids[1]])
            for query in ["dataset=1", "metrics=x", "is_released=maybe", "project=x", "name__contains=m"] {
                #expect(try await client.get("/models/?\(query)").status == 400, "\(query)")
            }
            for key in ["plugin", "file", "chunked_upload", "project", "checkpoint", "version"] {
                let refused = try await client.json(.PATCH, "/models/\(ids[0])/", .object([key: "x"]))
                #expect(refused.status == 400 && refused.json.objectValue?[key] != nil, "\(key)")
            }
        }
    }

    @Test func createModelTellsWhatIsWrong() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            try await backend.server.createTenant(code: "other", name: "Other")
            let stranger = TestClient(backend, token: try await backend.server.createAccessToken(tenant: "other"))
            _ = try await Self.makePlugin(backend, "theirs", tenant: "other")
            let theirs = try await Workspace(stranger)
            let upload = try await Self.upload(client, [1, 2, 3])
            let open = try await client.chunk("/chunked_upload/", [1], range: "bytes 0-0/2")["id"]
            let foreign = try await Self.upload(stranger, [1, 2, 3])
            let theirModel = try await stranger.post("/models/", ["name": "m", "chunked_upload": .string(foreign)]).id
            let good: JSONValue = ["name": "m", "chunked_upload": .string(upload)]
            let wrong: [(String, JSONValue)] = [
                ("name", [:]), ("name", good.replacing("name", "")), ("name", good.replacing("name", 3)),
                ("name", good.replacing("name", .string(String(repeating: "n", count: 201)))),
                ("chunked_upload", ["name": "m"]), ("chunked_upload", good.replacing("chunked_upload", open)),
                ("chunked_upload", good.replacing("chunked_upload", .string(foreign))),
                ("chunked_upload", good.replacing("chunked_upload", "no such upload")),
                ("plugin", good.replacing("plugin", "theirs")), ("plugin", good.replacing("plugin", [])),
                ("plugin", good.replacing("plugin", 1)),
                ("project", good.replacing("project", .integer(theirs.project))),
                ("checkpoint", good.replacing("checkpoint", .integer(theirModel))),
                ("configuration", good.replacing("configuration", "text")),
                ("non_field_errors", []),
            ]
            for (field, body) in wrong {
                let reply = try await client.post("/models/", body)
                #expect(reply.status == 400 && reply.json.objectValue?[field] != nil, "\(body): \(reply.text)")
            }
            // Null is absent, as the platform's own client may send it.
            let nulls = good.replacing("checkpoint", .null).replacing("plugin", .null).replacing("version", .null)
            #expect(try await client.post("/models/", nulls.replacing("description", .null)).status == 201)
        }
    }
}

extension JSONValue {
    /// The object with one member more, or another value of one.
    func replacing(_ key: String, _ value: JSONValue) -> JSONValue {
        guard case .object(var object) = self else { return self }
        object[key] = value
        return .object(object)
    }
}
