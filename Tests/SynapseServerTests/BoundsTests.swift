import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

/// What one request may cost.
@Suite(.timeLimit(.minutes(2)))
struct BoundsTests {
    private static func multipart(_ client: TestClient, _ fields: [(String, String)]) async throws -> TestClient.Reply {
        try await client.upload([1], fields: fields)
    }

    @Test func namesOfPartsCount() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let name = String(repeating: "n", count: 16_000)
            let long = try await Self.multipart(client, Array(repeating: (name, ""), count: 70))
            #expect(long.status == 413)
            let many = try await Self.multipart(client, Array(repeating: ("a", ""), count: 1001))
            #expect(many.status == 400)
            #expect(many["detail"].stringValue?.contains("1000") == true)
            #expect(try await Self.multipart(client, Array(repeating: ("a", ""), count: 900)).status == 201)
        }
    }

    /// What is stored comes back inside of a list, which readers must be able to read.
    @Test func aBodyIsNotNestedDeeperThanItsListCanBeRead() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            func nested(_ depth: Int) -> JSONValue {
                ["title": "deep", "configuration": (1..<depth).reduce(1) { inner, _ in ["a": inner] }]
            }
            let refused = try await client.post("/projects/", nested(257))
            #expect(refused.status == 400)
            #expect(refused["detail"].stringValue?.contains("256") == true)
            #expect(try await client.post("/projects/", nested(256)).status == 201)
            let list = try await client.get("/projects/")
            #expect(try Page<Project>(parsing: Array(list.text.utf8)).results.count == 1)
        }
    }

    @Test func anOrderIsReadOnce() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let many = String(repeating: "created,-modified,", count: 1100)
            let repeated = try await client.get("/tasks/?ordering=\(many)")
            #expect(repeated.status == 200)
            #expect(try await client.get("/tasks/?ordering=created,id,colour").status == 400)
        }
        let order = try ListReader.order(
            TaskRepository.definition, QueryParameters("ordering=-created,created,-created,id,modified"))
        #expect(order.sql == "task.created DESC, task.id")
        let descending = try ListReader.order(TaskRepository.definition, QueryParameters("ordering=-id,created"))
        #expect(descending.sql == "task.id DESC")
    }

    @Test func filtersMakeOneConditionInWhateverOrderTheyCome() throws {
        let definition = TaskRepository.definition
        let one = try definition.conditions(QueryParameters("project=1&schema=any&is_discarded=0&search=x"))
        let other = try definition.conditions(QueryParameters("search=x&is_discarded=0&schema=any&project=1"))
        #expect(one.map(\.sql) == other.map(\.sql))
        #expect(one.count == 4)
    }

    @Test func aSearchIsShortAndLiteral() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            _ = try await client.post("/projects/", ["title": "x\u{301}"])
            for text in [String(repeating: "a", count: 60_000), "%00", String(repeating: "%25", count: 1001)] {
                let reply = try await client.get("/projects/?search=\(text)")
                #expect(reply.status == 400)
                #expect(reply["search"].arrayValue?.isEmpty == false, "\(reply.text)")
            }
            for (text, count) in [("%25%CC%81", 0), ("_%CC%81", 0), ("x%CC%81", 1), ("%25", 0)] {
                #expect(try await client.get("/projects/?search=\(text)")["count"] == .integer(Int64(count)), "\(text)")
            }
        }
    }

    @Test func oddGroupsAndFilesOfAUnitAreNamed() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            let checksum = try await client.upload([1])["checksum"].stringValue ?? ""
            for group in ["\u{0}", "a\u{0}b"] {
                var body = workspace.unitBody(checksum).objectValue ?? [:]
                body["groups"] = [.string(group)]
                let reply = try await client.post("/data_units/", .object(body))
                #expect(reply.status == 400)
                #expect(reply["groups"].arrayValue?.isEmpty == false, "\(reply.text)")
            }
            let names = (0..<1001).map { #""f\#($0)":{"checksum":"\#(checksum)"}"# }.joined(separator: ",")
            let many = try await client.send(
                .POST, "/data_units/",
                body: .bytes(ByteBuffer(string: #"{"data_collection":\#(workspace.collection),"files":{\#(names)}}"#)),
                type: "application/json")
            #expect(many.status == 400)
            #expect(many["files"].arrayValue?.count == 1, "\(many.text.prefix(200))")
        }
    }

    @Test func listsOfIdentifiersHaveABound() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let many = JSONValue.array((1...100_001).map { .integer(Int64($0)) })
            let few: JSONValue = [1]
            let table: [(JSONValue, JSONValue, String)] = [
                (many, [], "ids"), ([], few, "ids"), (few, [], "tags"), (few, many, "tags"),
            ]
            for (ids, tags, field) in table {
                let reply = try await client.post("/tasks/set_tags/", ["ids": ids, "tags": tags])
                #expect(reply.status == 400)
                #expect(reply[field].arrayValue?.count == 1, "\(field): \(reply.text.prefix(200))")
            }
            let unknown = try await client.post(
                "/tasks/set_tags/", ["ids": .array((1...5000).map { .integer($0) }), "tags": few])
            #expect(unknown["ids"].arrayValue?.count == 100)
            let checksums = JSONValue.array(Array(repeating: "00", count: 100_001))
            let verified = try await client.post("/data_files/verify_checksums/", ["checksums": checksums])
            #expect(verified["checksums"].arrayValue?.count == 1, "\(verified.text.prefix(200))")
        }
    }

    @Test func aPageHasABoundInBytes() async throws {
        try await withEmbeddedBackend(configure: { $0.limits.pageByteCount = 10_000 }) { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            let tasks = try await workspace.makeTasks(workspace.makeUnits(3))
            let text = JSONValue.string(String(repeating: "y", count: 6000))
            for task in tasks { _ = try await client.json(.PUT, "/tasks/\(task)/annotate_task_data/", ["a": text]) }
            for query in ["page_size=2", "limit=2"] {
                let reply = try await client.get("/tasks/?\(query)")
                #expect(reply.status == 400)
                let key = String(query.prefix { $0 != "=" })
                let message = reply[key].arrayValue?.first?.stringValue ?? ""
                #expect(message.contains("fields"), "\(reply.text.prefix(200))")
            }
            #expect(try await client.get("/tasks/?page_size=1").results.first?["data"] == ["a": text])
            // What is not asked for is not read.
            let plain = try await client.get("/tasks/?fields=id,has_data")
            #expect(plain.results.map { $0["has_data"] } == [true, true, true])
            let cursor = try await client.get("/tasks/?pagination=cursor&page_size=1")
            #expect(cursor.results.count == 1)
            #expect(cursor["next"] != .null)
        }
    }
}
