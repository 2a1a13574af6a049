import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct PluginRoutesTests {
    @Test func createPluginGetPluginByIDAndByCode() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let made = try await client.post(
                "/plugins/",
                ["code": "yolov8", "name": "YOLO", "category": "neural_net", "is_public": true, "detail": ["icon": 1]])
            #expect(made.status == 201)
            #expect(made["is_active"] == true && made["is_public"] == true && made["system_only"] == false)
            for path in ["/plugins/\(made.id)/", "/plugins/yolov8/", "/plugins/yolov8", "/plugins/yolo%76%38/"] {
                let read = try await client.get(path)
                #expect(read.json == made.json, "\(path)")
            }
            for path in ["/plugins/99/", "/plugins/yolo/", "/plugins/%ff/", "/plugins/-1/", "/plugins/%2e%2e/"] {
                #expect(try await client.get(path).status == 404, "\(path)")
            }
        }
    }

    @Test func createPluginNamesWhatIsWrong() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            #expect(try await client.post("/plugins/", ["code": "taken", "name": "x"]).status == 201)
            let long = String(repeating: "a", count: 201)
            let table: [(JSONValue, String)] = [
                ([:], "name"), (["name": ""], "name"), (["name": .string(long)], "name"),
                (["name": "x", "code": "taken"], "code"), (["name": "x", "code": ""], "code"),
                (["name": "x", "code": "a/b"], "code"), (["name": "x", "code": "a@1"], "code"),
                (["name": "x", "code": "12"], "code"), (["name": "x", "code": ".."], "code"),
                (["name": "x", "code": "-a"], "code"), (["name": "x", "code": 7], "code"),
                (["name": "x", "code": "a\u{0}"], "code"), (["name": "x", "code": .string(long)], "code"),
                (["name": "욜로"], "code"), (["name": "12"], "code"),
                (["name": "x", "code": "c", "category": "poem"], "category"),
                (["name": "x", "code": "c", "is_active": "maybe"], "is_active"),
            ]
            for (body, field) in table {
                let reply = try await client.post("/plugins/", body)
                #expect(reply.status == 400, "\(body): \(reply.text)")
                #expect(reply.json.objectValue?.map(\.key) == [field], "\(body): \(reply.text)")
            }
            #expect(try await client.get("/plugins/")["count"] == 1)
        }
    }

    /// A code that is missing is made of the name, as the older form of the call needs.
    @Test func createPluginMakesACodeOfTheName() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let table = [("My Plugin (v2)", "my-plugin-v2"), ("YOLO_v8.1", "yolo-v8-1"), ("  Größe 7", "gr-e-7")]
            for (name, code) in table {
                let made = try await client.post("/plugins/", ["name": .string(name), "code": nil])
                #expect(made["code"] == .string(code), "\(made.text)")
            }
        }
    }

    @Test func updatePluginWithPutAndPatchChangesParts() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let made = try await client.post(
                "/plugins/", ["code": "a", "name": "A", "description": "old", "detail": [1]])
            _ = try await client.post("/plugins/", ["code": "b", "name": "B"])
            let put = try await client.json(.PUT, "/plugins/\(made.id)/", ["description": "x"])
            #expect(put.status == 200 && put["description"] == "x" && put["name"] == "A" && put["detail"] == [1])
            let patch = try await client.json(.PATCH, "/plugins/a/", ["is_active": false, "detail": nil, "code": "a2"])
            #expect(patch["is_active"] == false && patch["detail"] == .null && patch["description"] == "x")
            #expect(try await client.get("/plugins/a2/").id == made.id)
            #expect(try await client.json(.PUT, "/plugins/a2/", ["code": "b"])["code"].arrayValue != nil)
            #expect(try await client.json(.PUT, "/plugins/a2/", ["code": "a2"]).status == 200)
            #expect(try await client.json(.PUT, "/plugins/99/", ["name": "x"]).status == 404)
            #expect(try await client.json(.PUT, "/plugins/a2/", ["name": ""]).status == 400)
        }
    }

    @Test func listPluginsFiltersAndOrders() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            for (code, category) in [("c", "export"), ("a", "neural_net"), ("b", "export")] {
                _ = try await client.post(
                    "/plugins/",
                    ["code": .string(code), "name": .string("plugin \(code)"), "category": .string(category)])
            }
            let table: [(String, [JSONValue])] = [
                ("", ["c", "a", "b"]), ("category=export", ["c", "b"]), ("is_active=True", ["c", "a", "b"]),
                ("category=export,neural_net&ordering=code", ["a", "b", "c"]), ("search=plugin%20a", ["a"]),
                ("ids=1&ids=3", ["c", "b"]), ("ordering=-id&page_size=2", ["b", "a"]), ("code=b", ["b"]),
            ]
            for (query, codes) in table {
                #expect(try await client.get("/plugins/?\(query)").results.map { $0["code"] } == codes, "\(query)")
            }
            // What was counted before is counted again after a change.
            _ = try await client.json(.PUT, "/plugins/b/", ["is_active": false, "category": "custom"])
            #expect(try await client.get("/plugins/?category=export")["count"] == 1)
            #expect(try await client.get("/plugins/?is_active=0").results.map { $0["code"] } == ["b"])
            for key in ["name", "tasks", "is_active__gt"] {
                #expect(try await client.get("/plugins/?\(key)=1")[key].arrayValue != nil, "\(key)")
            }
        }
    }

    @Test func pluginsAndReleasesBelongToTheirTenant() async throws {
        try await withEmbeddedBackend { backend in
            let owner = TestClient(backend)
            try await backend.server.createTenant(code: "other", name: "Other")
            let stranger = TestClient(backend, token: try await backend.server.createAccessToken(tenant: "other"))
            _ = try await owner.post("/plugins/", ["code": "yolo", "name": "Y"])
            let release = try await owner.post("/plugin_releases/", ["plugin": "yolo", "version": "1"])
            #expect(release.status == 201)
            for path in [
                "/plugins/yolo/", "/plugins/1/", "/plugin_releases/yolo@1/", "/plugin_releases/\(release.id)/",
            ] {
                #expect(try await stranger.get(path).status == 404, "\(path)")
            }
            #expect(try await stranger.get("/plugin_releases/?plugin=yolo")["count"] == 0)
            #expect(try await stranger.get("/plugin_releases/?plugin=1")["count"] == 0)
            #expect(try await stranger.get("/plugins/")["count"] == 0)
            for plugin in ["yolo", 1] as [JSONValue] {
                let reply = try await stranger.post("/plugin_releases/", ["plugin": plugin, "version": "2"])
                #expect(reply.status == 400 && reply["plugin"].arrayValue != nil, "\(reply.text)")
            }
            #expect(try await stranger.post("/plugins/", ["code": "yolo", "name": "Mine"]).status == 201)
            #expect(try await owner.get("/plugins/yolo/")["name"] == "Y")
        }
    }
}
