import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct PluginReleaseRoutesTests {
    static let config = """
        {"name": "My Plugin", "code": "mine", "category": "export", "description": "d", "actions": \
        {"zip": {"method": "job", "hyperparameters": {"train_ui_schemas": [{"name": "a"}]}, "entrypoint": "m:f"}, \
        "add": {"input_type": "image"}}}
        """

    private static func files(_ backend: EmbeddedBackend) -> [String] {
        FileSystem.names(in: backend.dataDirectory + "/files").flatMap {
            FileSystem.names(in: backend.dataDirectory + "/files/" + $0)
        }
    }

    @Test func createPluginReleaseFromAFormKeepsTheArchive() async throws {
        try await withTemporaryDirectory { directory in
            let archive = TestArchive.bytes(["main.py": "archive"])
            let id = try await withEmbeddedBackend(in: directory) { backend in
                let client = TestClient(backend)
                let made = try await client.release(
                    [
                        ("plugin", "mine"), ("version", "1.0.0"), ("config", Self.config), ("requirements", "numpy"),
                        ("requirements", "torch>=2"), ("debug", "False"),
                    ], file: archive)
                #expect(made.status == 201, "\(made.text)")
                #expect(made["requirements"] == ["numpy", "torch>=2"])
                #expect(made["available_actions"] == ["zip", "add"])
                #expect(made["run_schema"]["zip"]?["method"] == "job")
                #expect(made["run_schema"]["add"] == ["input_type": "image"])
                #expect(made["config"] == (try JSONValue(parsing: Self.config)))
                #expect(
                    made["checksum"].stringValue == TestClient.md5(archive)
                        && made["size"] == .integer(Int64(archive.count)))
                #expect(made["debug"] == false && made["is_released"] == true)
                #expect(made["author"]["email"]?.stringValue?.contains("@") == true)
                // The plugin was made on the way, of the configuration.
                let plugin = try await client.get("/plugins/mine/")
                #expect(plugin["name"] == "My Plugin" && plugin["category"] == "export")
                #expect(plugin["manifest"] == made["config"])
                return made.id
            }
            // A restart's sweep leaves the archive, and the link still opens it.
            try await withEmbeddedBackend(in: directory) { backend in
                let client = TestClient(backend)
                let read = try await client.get("/plugin_releases/\(id)/")
                let link = read["file"].stringValue ?? ""
                #expect(link.hasPrefix(backend.url))
                let content = try await client.withoutToken().get(link)
                #expect(content.status == 200 && content.bytes == archive)
            }
        }
    }

    @Test func createPluginReleaseWithoutAFile() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let plugin = try await client.post("/plugins/", ["code": "p", "name": "P"])
            let first = try await client.post(
                "/plugin_releases/", ["plugin": "p", "version": "1", "debug": false])
            let second = try await client.post("/plugin_releases/", ["plugin": .integer(plugin.id), "version": "2"])
            let third = try await client.release([("plugin", "\(plugin.id)"), ("version", "3")], file: nil)
            for made in [first, second, third] {
                #expect(made.status == 201, "\(made.text)")
                #expect(made["file"] == .null && made["config"] == [:] && made["plugin"] == .integer(plugin.id))
            }
            #expect(FileSystem.names(in: backend.dataDirectory + "/uploads").isEmpty)
        }
    }

    @Test func createPluginReleaseNamesWhatIsWrongAndLeavesNothingBehind() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            _ = try await client.post("/plugins/", ["code": "p", "name": "P"])
            _ = try await client.post("/plugin_releases/", ["plugin": "p", "version": "1"])
            let table: [([(String, String)], String)] = [
                ([("version", "1")], "plugin"), ([("plugin", "p")], "version"),
                ([("plugin", "p"), ("version", "")], "version"),
                ([("plugin", "p"), ("version", "1")], "version"),
                ([("plugin", "p"), ("version", "a\u{7}")], "version"),
                ([("plugin", "p"), ("version", String(repeating: "1", count: 101))], "version"),
                ([("plugin", "p"), ("version", "2"), ("config", "{")], "config"),
                ([("plugin", "p"), ("version", "2"), ("config", "[]")], "config"),
                ([("plugin", "p"), ("version", "2"), ("debug", "maybe")], "debug"),
                ([("plugin", "p"), ("version", "2"), ("requirements", "[1]")], "requirements"),
                ([("plugin", "q"), ("version", "2")], "plugin"), ([("plugin", "99"), ("version", "2")], "plugin"),
                ([("plugin", "q"), ("version", "2"), ("config", #"{"name": "Q", "code": "r"}"#)], "plugin"),
                // Taken for the id of a plugin of another code.
                ([("plugin", "1"), ("version", "2"), ("config", #"{"name": "Q", "code": "1"}"#)], "plugin"),
                ([("plugin", "a/b"), ("version", "2"), ("config", #"{"name": "Q"}"#)], "config"),
                ([("plugin", "q"), ("version", "2"), ("config", #"{"name": "Q", "category": "poem"}"#)], "config"),
            ]
            for (fields, field) in table {
                let reply = try await client.release(fields, file: TestArchive.bytes(["main.py": "zip"]))
                #expect(reply.status == 400, "\(fields): \(reply.text)")
                #expect(reply.json.objectValue?.map(\.key) == [field], "\(fields): \(reply.text)")
            }
            let empty = try await client.release([("plugin", "p"), ("version", "2")], file: [])
            #expect(empty.status == 400 && empty["file"].arrayValue != nil)
            // The platform's own publishing knows a version that is there by these words.
            let again = try await client.post("/plugin_releases/", ["plugin": "p", "version": "1"])
            #expect(again.text.contains("version_exists") && again.text.contains("already exists"))
            #expect(try await client.get("/plugin_releases/")["count"] == 1)
            #expect(try await client.get("/plugins/")["count"] == 1)
            #expect(Self.files(backend).isEmpty)
            #expect(FileSystem.names(in: backend.dataDirectory + "/uploads").isEmpty)
        }
    }

    @Test func aReleaseForDebuggingIsReplacedByAnother() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            _ = try await client.post("/plugins/", ["code": "p", "name": "P"])
            let fields = [("plugin", "p"), ("version", "1"), ("debug", "True")]
            let first = try await client.release(fields, file: TestArchive.bytes(["main.py": "one"]))
            let second = try await client.release(fields, file: TestArchive.bytes(["main.py": "two"]))
            #expect(first.status == 201 && second.status == 200 && second.id == first.id)
            let content = try await client.get(second["file"].stringValue ?? "")
            #expect(content.bytes == TestArchive.bytes(["main.py": "two"]))
            #expect(try await client.get("/plugin_releases/?debug=true")["count"] == 1)
            #expect(try await client.get("/plugin_releases/?is_released=true")["count"] == 0)
            let ready = try await client.release(
                [("plugin", "p"), ("version", "1")], file: TestArchive.bytes(["main.py": "three"]))
            #expect(ready.status == 200 && ready.id == first.id && ready["is_released"] == true)
            #expect(try await client.post("/plugin_releases/", ["plugin": "p", "version": "1"]).status == 400)
            let tried = try await client.release(fields, file: TestArchive.bytes(["main.py": "four"]))
            #expect(tried.status == 200 && tried.id == first.id && tried["debug"] == true)
        }
    }

    @Test func anIdempotencyKeyMakesOneRelease() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            _ = try await client.post("/plugins/", ["code": "p", "name": "P"])
            let keyed = client.with("Idempotency-Key", "k")
            let fields = [("plugin", "p"), ("version", "1")]
            let first = try await keyed.release(fields, file: TestArchive.bytes(["main.py": "zip"]))
            let again = try await keyed.release(fields, file: TestArchive.bytes(["main.py": "zip"]))
            #expect(first.status == 201 && again.bytes == first.bytes)
            #expect(again.headers.first(name: "Idempotent-Replayed") == "true")
            #expect(try await keyed.release(fields, file: TestArchive.bytes(["main.py": "zap"])).status == 409)
            #expect(Self.files(backend).count == 1)
            #expect(FileSystem.names(in: backend.dataDirectory + "/uploads").isEmpty)
        }
    }

    @Test func getPluginReleaseByLookupAndExpand() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            _ = try await client.post("/plugins/", ["code": "p.q-r", "name": "P"])
            let made = try await client.post(
                "/plugin_releases/",
                ["plugin": "p.q-r", "version": "1@b/c d", "config": ["code": "p.q-r", "installation_schema": [1]]])
            #expect(made["installation_schema"] == [1])
            for path in ["\(made.id)", "p.q-r@1@b%2Fc%20d", "p.q-r%401%40b%2fc%20d"] {
                let read = try await client.get("/plugin_releases/\(path)/?expand=plugin")
                #expect(read.id == made.id, "\(path)")
                #expect(read["plugin"]["code"] == "p.q-r" && read["plugin"]["manifest"]?["code"] == "p.q-r")
                let fields = try await client.get("/plugin_releases/\(path)?fields=id,version")
                #expect(fields.json == ["id": .integer(made.id), "version": "1@b/c d"])
            }
            for path in ["99", "p.q-r", "p.q-r@2", "@1", "p@1@b%2Fc%20d", "%ff"] {
                #expect(try await client.get("/plugin_releases/\(path)/").status == 404, "\(path)")
            }
        }
    }

    @Test func listPluginReleasesNewestFirst() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            for code in ["a", "b"] {
                let plugin = try await client.post("/plugins/", ["code": .string(code), "name": "P"])
                for version in ["1", "2", "3"] {
                    _ = try await client.post(
                        "/plugin_releases/", ["plugin": .integer(plugin.id), "version": .string(version)])
                }
            }
            let table: [(String, [JSONValue])] = [
                ("plugin=a", ["3", "2", "1"]), ("plugin=2", ["3", "2", "1"]),
                ("plugin=a&ordering=id", ["1", "2", "3"]),
                ("plugin=a&page_size=2&page=2", ["1"]), ("plugin=a,b&version=2", ["2", "2"]), ("plugin=none", []),
                ("plugin=a&limit=1", ["3"]), ("plugin=b&search=1", ["1"]),
            ]
            for (query, versions) in table {
                let reply = try await client.get("/plugin_releases/?\(query)")
                #expect(reply.results.map { $0["version"] } == versions, "\(query): \(reply.text)")
            }
            let expanded = try await client.get("/plugin_releases/?plugin=b&expand=plugin&page_size=1")
            #expect(expanded.results.first?["plugin"]?["code"] == "b")
            // A plugin that changes its code takes its releases along.
            _ = try await client.json(.PUT, "/plugins/a/", ["code": "z"])
            #expect(try await client.get("/plugin_releases/?plugin=a")["count"] == 0)
            #expect(try await client.get("/plugin_releases/?plugin=z")["count"] == 3)
            #expect(try await client.get("/plugin_releases/?config=1").status == 400)
        }
    }

    /// The archive arrives in pieces and is never in memory as a whole: what is cut leaves no row and no file.
    @Test func anArchiveThatIsCutLeavesNothing() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            _ = try await client.post("/plugins/", ["code": "p", "name": "P"])
            let whole = TestClient.multipart(
                [("plugin", "p"), ("version", "1")], file: [UInt8](repeating: 7, count: 3 << 20))
            let reply = try await client.send(
                .POST, "/plugin_releases/", body: .bytes(ByteBuffer(bytes: whole.dropLast(20))),
                type: "multipart/form-data; boundary=b0undary")
            #expect(reply.status == 400, "\(reply.text)")
            #expect(Self.files(backend).isEmpty)
            #expect(FileSystem.names(in: backend.dataDirectory + "/uploads").isEmpty)
            #expect(try await client.get("/plugin_releases/")["count"] == 0)
        }
    }
}

extension TestClient {
    /// Sends a release as a form.
    func release(_ fields: [(String, String)], file: [UInt8]?) async throws -> Reply {
        try await send(
            .POST, "/plugin_releases/",
            body: .bytes(ByteBuffer(bytes: Self.multipart(fields, file: file, filename: "plugin.zip"))),
            type: "multipart/form-data; boundary=b0undary")
    }
}
