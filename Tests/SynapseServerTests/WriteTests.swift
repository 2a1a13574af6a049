import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct WriteTests {
    @Test func writesSurviveBeingSentTwice() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            let first = try await client.upload([1, 2, 3], filename: "a.png")
            let second = try await client.upload([1, 2, 3], filename: "b.png")
            #expect(first.status == 201 && second.status == 201)
            #expect(first.id == second.id)
            let checksum = first["checksum"].stringValue ?? ""
            let unit = try await client.post("/data_units/", workspace.unitBody(checksum))
            let list = try await client.post(
                "/data_units/", [workspace.unitBody(checksum), workspace.unitBody(first["sha1"].stringValue ?? "")])
            #expect(unit.status == 201)
            #expect(list.json.arrayValue?.map { $0["id"] } == [unit["id"], unit["id"]])
            let tasks = try await workspace.makeTasks([unit.id, unit.id])
            #expect(tasks.count == 2 && tasks[0] == tasks[1])
            #expect(try await workspace.makeTasks([unit.id]) == [tasks[0]])
            #expect(try await client.get("/projects/\(workspace.project)/")["task_count"] == 1)
            #expect(FileSystem.names(in: backend.dataDirectory + "/uploads").isEmpty)
            let stored = FileSystem.names(in: backend.dataDirectory + "/files").flatMap {
                FileSystem.names(in: backend.dataDirectory + "/files/" + $0)
            }
            #expect(stored.count == 1)
        }
    }

    @Test func anIdempotencyKeyReplaysTheAnswer() async throws {
        try await withTemporaryDirectory { directory in
            let body: JSONValue = ["title": "p", "category": "image", "name": "c"]
            let first = try await withEmbeddedBackend(in: directory) { backend in
                let client = TestClient(backend).with("Idempotency-Key", "k1")
                let first = try await client.post("/projects/", body)
                #expect(first.status == 201)
                #expect(first.headers.first(name: "Idempotent-Replayed") == nil)
                #expect(first.headers.first(name: "Synapse-Capabilities") == "idempotency-key")
                let again = try await client.post("/projects", body)
                #expect(again.status == 201)
                #expect(again.bytes == first.bytes)
                #expect(again.headers.first(name: "Idempotent-Replayed") == "true")
                let other = try await client.post("/projects/", ["title": "q"])
                #expect(other.status == 409)
                let elsewhere = try await client.post("/data_collections/", body)
                #expect(elsewhere.status == 409)
                // What was refused is not kept.
                let second = TestClient(backend).with("Idempotency-Key", "k2")
                #expect(try await second.post("/projects/", [:]).status == 400)
                #expect(try await second.post("/projects/", body).status == 201)
                return first
            }
            try await withEmbeddedBackend(in: directory) { backend in
                let client = TestClient(backend)
                let again = try await client.with("Idempotency-Key", "k1").post("/projects/", body)
                #expect(again.bytes == first.bytes)
                #expect(try await client.get("/projects/")["count"] == 2)
                // The key is the user's own.
                let ann = try await client.post("/users/", ["email": "ann@example.com"])
                let annToken = try await client.post("/tokens/", ["user": .integer(ann.id)])["token"].stringValue ?? ""
                let anns = try await TestClient(backend, token: annToken).with("Idempotency-Key", "k1").post(
                    "/projects/", body)
                #expect(anns.status == 201 && anns.id != first.id)
                #expect(anns.headers.first(name: "Idempotent-Replayed") == nil)
                // And the tenant's.
                try await backend.server.createTenant(code: "other", name: "Other")
                let token = try await backend.server.createAccessToken(tenant: "other")
                let theirs = try await TestClient(backend, token: token).with("Idempotency-Key", "k1").post(
                    "/projects/", body)
                #expect(theirs.id != first.id)
            }
        }
    }

    @Test func keysHoldForFilesAndChunksToo() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let file = client.with("Idempotency-Key", "f")
            let first = try await file.upload([1, 2, 3])
            let again = try await file.upload([1, 2, 3])
            #expect(again.bytes == first.bytes)
            #expect(again.headers.first(name: "Idempotent-Replayed") == "true")
            #expect(try await file.upload([1, 2, 4]).status == 409)
            #expect(try await client.get("/data_files/")["count"] == 1)
            let chunk = client.with("Idempotency-Key", "c")
            let begun = try await chunk.chunk("/chunked_upload/", [1], range: "bytes 0-0/3")
            let begunAgain = try await chunk.chunk("/chunked_upload/", [1], range: "bytes 0-0/3")
            #expect(begunAgain["id"] == begun["id"])
            #expect(try await chunk.chunk("/chunked_upload/", [2], range: "bytes 0-0/3").status == 409)
            let path = begun["url"].stringValue ?? ""
            let next = client.with("Idempotency-Key", "d")
            _ = try await next.chunk(path, [2], range: "bytes 1-1/3")
            _ = try await client.chunk(path, [3], range: "bytes 2-2/3")
            let replayed = try await next.chunk(path, [2], range: "bytes 1-1/3")
            #expect(replayed.status == 200)
            #expect(replayed["offset"] == 2)
            #expect(FileSystem.names(in: backend.dataDirectory + "/uploads").count == 1)
        }
    }

    @Test func manyRequestsWithOneKeyMakeOneRow() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend).with("Idempotency-Key", "same")
            let ids = try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<12 { group.addTask { try await client.post("/projects/", ["title": "p"]).id } }
                return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            #expect(try await client.get("/projects/")["count"] == 1)
        }
    }

    @Test func whatIsWrongWithAUnitIsNamed() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            let checksum = try await client.upload([1])["checksum"].stringValue ?? ""
            let good = workspace.unitBody(checksum)
            let table: [(JSONValue, String)] = [
                (["data_collection": 99, "files": ["image_1": ["checksum": .string(checksum)]]], "data_collection"),
                (["files": ["image_1": ["checksum": .string(checksum)]]], "data_collection"),
                (["data_collection": .integer(workspace.collection)], "files"),
                (["data_collection": .integer(workspace.collection), "files": [:]], "files"),
                (workspace.unitBody("00"), "files"),
                (
                    [
                        "data_collection": .integer(workspace.collection),
                        "files": ["x": ["checksum": .string(checksum)]],
                    ], "files"
                ),
                (["data_collection": "a", "files": 3, "groups": "g"], "groups"),
            ]
            for (body, field) in table {
                let reply = try await client.post("/data_units/", body)
                #expect(reply.status == 400)
                #expect(reply[field].arrayValue?.isEmpty == false, "\(reply.text)")
                let list = try await client.post("/data_units/", [good, body])
                #expect(list.status == 400)
                #expect(list.json[0] == [:])
                #expect(list.json[1]?[field]?.arrayValue?.isEmpty == false, "\(list.text)")
            }
            #expect(try await client.get("/data_units/")["count"] == 0)
            let many = try await client.post("/data_units/", .array(Array(repeating: good, count: 1001)))
            #expect(many.status == 400)
            let enveloped = try await client.with("Synapse-Results-Envelope", "results").post("/data_units/", [good])
            #expect(enveloped.results.count == 1)
        }
    }

    /// Members that are free, but objects: what else came would be given to readers that count on objects.
    @Test func freeMembersAreObjects() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            let checksum = try await client.upload([1])["checksum"].stringValue ?? ""
            let unit = workspace.unitBody(checksum).objectValue ?? [:]
            let specification: JSONObject = ["name": "image", "file_type": "image"]
            let rows: [(String, JSONObject, String)] = [
                ("/projects/", ["title": "p"], "configuration"), ("/projects/", ["title": "p"], "settings"),
                ("/data_collections/", ["name": "c"], "meta"), ("/data_units/", unit, "meta"),
                ("/task_tags/", ["project": .integer(workspace.project), "name": "t"], "meta"),
            ]
            for (path, body, field) in rows {
                for value in ["text", [1], 1] as [JSONValue] {
                    var body = body
                    body[field] = value
                    let reply = try await client.post(path, .object(body))
                    #expect(
                        reply.status == 400 && reply[field] == ["Value must be an object."], "\(path) \(reply.text)")
                }
                var good = body
                good[field] = ["a": [1]]
                #expect(try await client.post(path, .object(good))[field] == ["a": [1]], "\(path) \(field)")
            }
            var odd = specification
            odd["configuration"] = "text"
            let reply = try await client.post(
                "/data_collections/", ["name": "c", "file_specifications": [.object(odd)]])
            #expect(reply.status == 400 && reply.text.contains("[0].configuration: Value must be an object."))
        }
    }

    @Test func groupsAreMadeFromRootToLeaf() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            var groups: [JSONValue] = []
            for (index, path) in [["a", "b"], ["a", "b"], ["a"], ["b"], []].enumerated() {
                let checksum = try await client.upload([UInt8(index)])["checksum"].stringValue ?? ""
                var body = workspace.unitBody(checksum).objectValue ?? [:]
                body["groups"] = .array(path.map { .string($0) })
                groups.append(try await client.post("/data_units/", .object(body))["group"])
            }
            #expect(groups[0] == groups[1])
            #expect(Set(groups.map { "\($0)" }).count == 4)
            #expect(groups[4] == .null)
        }
    }

    @Test func whatIsWrongWithTasksIsNamed() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            let other = try await Workspace(client)
            let units = try await workspace.makeUnits(1)
            let foreign = try await other.makeUnits(1, from: 50)
            let project = JSONValue.integer(workspace.project)
            let nested = try await client.post(
                "/tasks/",
                ["project": project, "data": [["data_unit": .integer(units[0])], ["data_unit": .integer(foreign[0])]]])
            #expect(nested.status == 400)
            #expect(nested["data"].arrayValue?.first?.stringValue?.hasPrefix("[1].data_unit") == true, "\(nested.text)")
            let list = try await client.post(
                "/tasks/", [["project": project, "data_unit": .integer(units[0])], ["project": 99, "data_unit": 1]])
            #expect(list.json[0] == [:])
            #expect(list.json[1]?["project"] != nil, "\(list.text)")
            #expect(try await client.get("/tasks/")["count"] == 0)
            let mixed = try await client.post(
                "/tasks/",
                [
                    ["project": project, "data_unit": .integer(units[0])],
                    ["project": .integer(other.project), "data_unit": .integer(foreign[0])],
                ])
            #expect(mixed.status == 201)
            #expect(mixed.json.arrayValue?.map { $0["project"] } == [project, .integer(other.project)])
            let tag = try await client.post("/task_tags/", ["project": project, "name": "t"]).id
            let ids = (mixed.json.arrayValue ?? []).compactMap { $0["id"] }
            let crossed = try await client.post("/tasks/set_tags/", ["ids": .array(ids), "tags": [.integer(tag)]])
            #expect(crossed["tags"].arrayValue?.isEmpty == false, "\(crossed.text)")
            let unknown = try await client.post("/tasks/set_tags/", ["ids": [ids[0], 777], "tags": [.integer(tag)]])
            #expect(unknown["ids"].arrayValue?.first?.stringValue?.contains("777") == true, "\(unknown.text)")
            let off = try await client.post(
                "/tasks/set_tags/", ["ids": [ids[0]], "tags": [.integer(tag)], "action": "remove"])
            #expect(off.status == 200)
        }
    }

    @Test func annotationDataIsKeptAsItCame() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            let task = try await workspace.makeTasks(workspace.makeUnits(1))[0]
            let path = "/tasks/\(task)/annotate_task_data/"
            let text = #"{"b":1.10,"a":[123456789012345678901234567890,"\u00e9\/"],"b2":{}}"#
            _ = try await client.send(.PUT, path, body: .bytes(ByteBuffer(string: text)), type: "application/json")
            #expect(try await client.get("/tasks/\(task)").text.contains("\"data\":" + text))
            let saved = try await client.json(
                .PUT, path + "?schema=dm_schema_v1", ["action": "save", "data": ["x": 1]])
            #expect(saved["is_submitted"] == false)
            #expect(saved["schema"] == "dm_schema_v1")
            #expect(try await client.json(.PUT, path, ["action": "jump"])["action"] != .null)
            #expect(try await client.json(.PUT, path + "?schema=x", ["action": "save"])["schema"] != .null)
        }
    }
}
