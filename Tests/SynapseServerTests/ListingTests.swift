import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct ListingTests {
    /// Follows `next` from a path to the end and answers the identifiers.
    private static func walk(_ client: TestClient, _ path: String) async throws -> [Int64] {
        var ids: [Int64] = []
        var next: String? = path
        while let path = next {
            let reply = try await client.get(path)
            try #require(reply.status == 200, "\(path): \(reply.text)")
            ids += reply.results.compactMap { $0["id"]?.integerValue }
            next = reply["next"].stringValue
        }
        return ids
    }

    @Test(arguments: [
        "page_size=2", "limit=3", "pagination=cursor&page_size=2", "page_size=3&ordering=-id",
        "page_size=2&ordering=-created", "pagination=cursor&ordering=-id&page_size=2",
        "page_size=2&fields=id&expand=project,data_unit",
    ])
    func everyKindOfPagingFindsEachRowOnce(query: String) async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            let tasks = try await workspace.makeTasks(workspace.makeUnits(7))
            for _ in 0..<2 {
                let found = try await Self.walk(client, "/sdk/tasks/?project=\(workspace.project)&\(query)")
                #expect(found.sorted() == tasks)
            }
        }
    }

    @Test func linksKeepAllThatWasAsked() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            _ = try await workspace.makeTasks(workspace.makeUnits(5))
            let path = "/sdk/tasks?project=\(workspace.project)&page_size=2&ids_ex=99&ids_ex=98&search="
            let first = try await client.get(path)
            let next = first["next"].stringValue ?? ""
            #expect(
                next == backend.url
                    + "/sdk/tasks/?project=\(workspace.project)&page_size=2&ids_ex=99&ids_ex=98&search=&page=2")
            #expect(first["previous"] == .null)
            let last = try await client.get("/sdk/tasks/?page_size=2&page=3")
            #expect(last["next"] == .null)
            #expect(last["previous"].stringValue?.hasSuffix("page_size=2&page=2") == true)
            let hosted = try await client.get("/sdk/tasks/?page_size=2&url_host=gate.example:8443")
            #expect(hosted["next"].stringValue?.hasPrefix("http://gate.example:8443/sdk/tasks/?") == true)
            for (override, base) in [
                ("https://gate.example/api/", "https://gate.example/api"), ("https://gate.example/a/../b", backend.url),
                ("https://gate.example/a%20b", backend.url), ("gate.example/", backend.url),
            ] {
                let reply = try await client.get("/sdk/tasks/?page_size=2&url_host=\(override)")
                #expect(reply["next"].stringValue?.hasPrefix(base + "/sdk/tasks/?") == true, "\(override)")
            }
            let hostile = try await client.with("Host", "evil.example/x?y").get("/sdk/tasks/?page_size=2")
            #expect(hostile["next"].stringValue?.hasPrefix(backend.url) == true)
        }
    }

    /// Rows that are added during a walk come at its end, and no row is lost or comes twice.
    @Test func aWalkStaysRightWhileRowsAreAdded() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            var tasks = try await workspace.makeTasks(workspace.makeUnits(6))
            let other = try await Workspace(client)
            let path = "/sdk/tasks/?project=\(workspace.project)&page_size=2"
            _ = try await Self.walk(client, path)
            var found: [Int64] = []
            for page in 1...3 {
                let reply = try await client.get(path + "&page=\(page)")
                #expect(reply["count"] == .integer(Int64(tasks.count)))
                found += reply.results.compactMap { $0["id"]?.integerValue }
                _ = try await other.makeTasks(other.makeUnits(3, from: 100 + page * 10))
                tasks += try await workspace.makeTasks(workspace.makeUnits(1, from: 200 + page))
            }
            #expect(found == Array(tasks[..<6]))
            found += try await Self.walk(client, path + "&page=4")
            #expect(found == tasks)
        }
    }

    /// A filter on what changes does not answer from what was remembered before the change.
    @Test func remembersNothingThatAWriteMadeUntrue() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            let tasks = try await workspace.makeTasks(workspace.makeUnits(6))
            let path = "/sdk/tasks/?has_data=False&page_size=2"
            #expect(try await Self.walk(client, path) == tasks)
            for task in [tasks[0], tasks[2]] {
                _ = try await client.json(.PUT, "/tasks/\(task)/annotate_task_data/", ["label": 1])
            }
            #expect(try await client.get(path)["count"] == 4)
            #expect(try await Self.walk(client, path) == [tasks[1], tasks[3], tasks[4], tasks[5]])
            let second = try await client.get(path + "&page=2")
            #expect(second.results.compactMap { $0["id"]?.integerValue } == [tasks[4], tasks[5]])
        }
    }

    @Test func filtersNarrowAsAsked() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            let tasks = try await workspace.makeTasks(workspace.makeUnits(6))
            let other = try await Workspace(client)
            _ = try await other.makeTasks(other.makeUnits(2))
            let tag = try await client.post("/task_tags/", ["project": .integer(workspace.project), "name": "t"]).id
            _ = try await client.post(
                "/tasks/set_tags/", ["task_ids": [.integer(tasks[1]), .integer(tasks[4])], "tag_ids": [.integer(tag)]])
            let mine = "project=\(workspace.project)&"
            let table: [(String, [Int64])] = [
                (mine + "ids=\(tasks[0])&ids=\(tasks[3])", [tasks[0], tasks[3]]),
                (mine + "ids=\(tasks[0])%2C%20\(tasks[3])", [tasks[0], tasks[3]]),
                (mine + "ids_ex=\(tasks[0]),\(tasks[1])", Array(tasks[2...])),
                (mine + "id__gt=\(tasks[3])", Array(tasks[4...])),
                (mine + "id__lte=\(tasks[1])", Array(tasks[...1])),
                (mine + "tags=\(tag)", [tasks[1], tasks[4]]),
                (mine + "is_discarded=1", []), (mine + "is_discarded=false", tasks),
                (mine + "created__gt=2000-01-01T00:00:00+09:00", tasks),
                (mine + "created__lt=2000-01-01", []), (mine + "created_after=2999-01-01", []),
                (mine + "schema=any", tasks), (mine + "schema=dm_schema_v1", []),
                (mine + "unheard_of=1", tasks),
            ]
            for (query, expected) in table {
                #expect(try await Self.walk(client, "/tasks/?\(query)") == expected, "\(query)")
            }
            let units = try await client.get("/data_units/?data_collection=\(other.collection)")
            #expect(units["count"] == 2)
        }
    }

    /// Some clients escape all but ASCII in JSON, others nothing that they need not.
    @Test(arguments: [#"{"a": "고양이 😀 \"q\" C:\\dir"}"#, #"{"a": "\uace0\uC591\uc774 \ud83d\ude00 \u0022q\" C:\\dir"}"#])
    func aSearchFindsTextHoweverItWasWritten(meta: String) async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            let task = try #require(try await workspace.makeTasks(workspace.makeUnits(1)).first)
            let made = try await client.send(
                .PUT, "/tasks/\(task)/annotate_task_data/",
                body: .bytes(ByteBuffer(string: #"{"action": "submit", "data": \#(meta)}"#)), type: "application/json")
            #expect(made.status == 200, "\(made.text)")
            for (text, count) in [("양이", 1), ("이 😀", 1), ("q\" C:\\d", 1), ("C:\\D", 1), ("개", 0)] {
                let encoded = text.utf8.map { "%" + String(Int($0) | 0x100, radix: 16).suffix(2) }.joined()
                #expect(try await client.get("/tasks/?search=\(encoded)")["count"] == .integer(Int64(count)), "\(text)")
            }
        }
    }

    @Test func aNameWithACommaIsOneName() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let project = try await client.post("/projects/", ["title": "p"]).id
            for name in ["red, green", "red", "blue"] {
                _ = try await client.post("/task_tags/", ["project": .integer(project), "name": .string(name)])
            }
            for (query, names) in [
                ("name=red,%20green", ["red, green"]), ("name=red", ["red"]), ("name=red&name=blue", ["red", "blue"]),
            ] as [(String, [JSONValue])] {
                let reply = try await client.get("/task_tags/?\(query)")
                #expect(reply.results.map { $0["name"] } == names, "\(query)")
            }
            #expect(try await client.get("/task_tags/?name=").status == 400)
        }
    }

    @Test(arguments: [
        ("status_label=done", "status_label"), ("workshops=1", "workshops"), ("foo__gt=1", "foo__gt"),
        ("project=abc", "project"), ("project=", "project"), ("is_discarded=maybe", "is_discarded"),
        ("page_size=0", "page_size"), ("page_size=5000", "page_size"), ("limit=x", "limit"), ("offset=-1", "offset"),
        ("created__gt=yesterday", "created__gt"), ("ordering=colour", "ordering"),
        ("pagination=cursor&ordering=-created", "ordering"),
    ])
    func whatCannotBeServedIsNamed(query: String, key: String) async throws {
        try await withEmbeddedBackend { backend in
            let reply = try await TestClient(backend).get("/sdk/tasks/?\(query)")
            #expect(reply.status == 400)
            #expect(reply[key].arrayValue?.isEmpty == false, "\(reply.text)")
        }
    }

    @Test(arguments: ["page=0", "page=2", "page=-1", "page=x", "page=9223372036854775807"])
    func aPageThatIsNotThereIs404(query: String) async throws {
        try await withEmbeddedBackend { backend in
            let reply = try await TestClient(backend).get("/projects/?\(query)")
            #expect(reply.status == 404)
            #expect(reply.text == #"{"detail":"Invalid page."}"#)
        }
    }

    @Test func onlyTheFieldsThatAreAskedForComeBack() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            _ = try await workspace.makeUnits(1)
            let reply = try await client.get("/data_units/?fields=id,meta&fields=checksum")
            #expect(reply.results.first?.objectValue?.map(\.key) == ["id", "meta", "checksum"])
        }
    }
}
