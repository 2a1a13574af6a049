import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct TaskDataRoutesTests {
    @Test func listTasksDataCarriesIdAndDataAlone() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            let tasks = try await workspace.makeTasks(workspace.makeUnits(3))
            let path = "/tasks/\(tasks[1])/annotate_task_data/"
            _ = try await client.json(.PUT, path, ["action": "save", "data": ["a": [1, .null]]])
            let reply = try await client.get("/sdk/tasks/data/?project=\(workspace.project)&page_size=2")
            #expect(reply["count"] == 3)
            #expect(reply.results.map { $0.objectValue?.map(\.key) } == [["id", "data"], ["id", "data"]])
            #expect(reply.results.map { $0["data"] } == [.null, ["a": [1, .null]]])
            let next = try await client.get(reply["next"].stringValue ?? "")
            #expect(next.results.map { $0["id"] } == [.integer(tasks[2])])
            #expect(try await client.get("/sdk/tasks/data/?has_data=true")["count"] == 1)
            #expect(try await client.get("/sdk/tasks/data/?groups=1").status == 400)
            let ids = try await client.get("/sdk/tasks/data/?fields=id&ordering=-id")
            #expect(ids.results.map(\.description) == tasks.reversed().map { "{\"id\":\($0)}" })
            // A hand-in without data keeps what was saved; null empties it.
            let handedIn = try await client.json(.PUT, path, ["action": "submit"])
            #expect(handedIn["data"]["a"] != nil && handedIn["is_submitted"] == true)
            let emptied = try await client.json(.PUT, path, ["action": "save", "data": .null])
            #expect(emptied["data"] == .null && emptied["has_data"] == false)
        }
    }

    /// A body that was lost on the way must not erase what is there, nor hand in what is not.
    @Test func annotateTaskDataNeedsAnActionOrDataAndDataToHandIn() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            let tasks = try await workspace.makeTasks(workspace.makeUnits(2))
            let path = "/tasks/\(tasks[0])/annotate_task_data/"
            for body: JSONValue in [["action": "submit"], ["action": "submit", "data": .null]] {
                let refused = try await client.json(.PUT, path, body)
                #expect(refused.status == 400 && refused["data"] == ["There is no data to hand in."], "\(refused.text)")
            }
            #expect(try await client.json(.PUT, path, ["action": "save", "data": ["a": 1]]).status == 200)
            for text in ["", "null", "{}"] {
                let refused = try await client.send(
                    .PUT, path, body: .bytes(ByteBuffer(string: text)), type: "application/json")
                #expect(refused.status == 400, "\(text): \(refused.text)")
                #expect(refused["action"] == ["An action, or data, is required."])
            }
            #expect(try await client.json(.PUT, path, ["action": "submit", "data": .null]).status == 400)
            let task = try await client.get("/tasks/\(tasks[0])/")
            #expect(task["data"] == ["a": 1] && task["is_submitted"] == false)
            #expect(
                try await client.json(.PUT, "/tasks/999999/annotate_task_data/", ["action": "submit"]).status == 404)
        }
    }

    @Test func listTasksFilesCarriesAListOfFiles() async throws {
        try await withEmbeddedBackend { backend in
            let crew = try await Crew(backend, tasks: 2)
            let assignment = try await crew.assign(crew.tasks[1], to: crew.ann)
            let tasks = try await crew.owner.get("/sdk/tasks/files/")
            #expect(tasks.results.map { $0.objectValue?.map(\.key) } == [["id", "files"], ["id", "files"]])
            let file = try #require(tasks.results[1]["files"]?[0])
            #expect(file["specification"] == "image_1" && file["is_primary"] == true)
            let content = try await crew.owner.withoutToken().get(file["url"]?.stringValue ?? "")
            #expect(content.text == "content 1")
            let assignments = try await crew.owner.get("/sdk/assignments/files/")
            #expect(assignments.results.map { $0["id"] } == [.integer(assignment)])
            #expect(assignments.results[0]["files"]?[0]?["checksum"] == file["checksum"])
        }
    }

    @Test(arguments: ["tasks", "assignments"])
    func presignedDataIsReadWithoutAToken(noun: String) async throws {
        try await withEmbeddedBackend { backend in
            let crew = try await Crew(backend, tasks: 2)
            let stranger = crew.owner.withoutToken()
            let assignment = try await crew.assign(crew.tasks[0], to: crew.ann)
            let text = #"{"a":1.5,"이름":"x"}"#
            let value = try JSONValue(parsing: text)
            _ = try await crew.label(assignment, ["action": "save", "data": value])
            let write = "/tasks/\(crew.tasks[0])/annotate_task_data/"
            _ = try await crew.owner.json(.PUT, write, ["action": "save", "data": value])
            for list in ["sdk/\(noun)", "sdk/\(noun)/data"] {
                let row = try #require(
                    try await crew.owner.get("/\(list)/?response_mode=presigned&has_data=1").results.first?["data"])
                #expect(row["mode"] == "presigned" && row["size"] == .integer(Int64(text.utf8.count)))
                let url = row["presigned_url"]?.stringValue ?? ""
                let reply = try await stranger.get(url)
                #expect(reply.status == 200 && reply.text == text)
                #expect(reply.headers.first(name: "content-type") == "application/json")
                #expect(row["data_digest"]?.stringValue == DataOwner.digest(text))
                let name = noun == "tasks" ? "task" : "assignment"
                for (old, new) in [("signature=", "signature=0"), ("\(name)-", "\(name)-9"), ("expires=", "expires=1")]
                {
                    let changed = url.replacingFirst(old, with: new)
                    #expect(try await stranger.get(changed).status == 403, "\(changed)")
                }
                let swapped = url.replacingFirst("/data/", with: "/media/")
                #expect(try await stranger.get(swapped).status == 404)
            }
            let row = try await crew.owner.get("/sdk/\(noun)/data/?response_mode=presigned&has_data=1").results[0][
                "data"]
            let other: JSONValue = ["action": "save", "data": ["b": 2]]
            _ = try await crew.label(assignment, other)
            _ = try await crew.owner.json(.PUT, write, other)
            // The link names what was there: it never leads to something else.
            #expect(try await stranger.get(row?["presigned_url"]?.stringValue ?? "").status == 410)
            #expect(try await crew.owner.get("/sdk/\(noun)/data/?response_mode=inline").results[0]["data"] == ["b": 2])
            let refused = try await crew.owner.get("/sdk/\(noun)/data/?response_mode=zip")
            #expect(refused.status == 400 && refused["response_mode"] != .null)
        }
    }

    @Test func setTagsTasksNamesTheFieldsOfTheFormThatWasSent() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            let task = JSONValue.integer(try await workspace.makeTasks(workspace.makeUnits(1))[0])
            let tag = JSONValue.integer(
                try await client.post("/task_tags/", ["project": .integer(workspace.project), "name": "t"]).id)
            #expect(try await client.post("/tasks/set_tags/", ["task_ids": [task], "tag_ids": [tag]]).status == 200)
            #expect(try await client.get("/tasks/").results[0]["tags"] == [tag])
            let odd = try await client.post("/tasks/set_tags/", ["task_ids": [99], "tag_ids": [tag]])
            #expect(odd.status == 400 && odd["task_ids"] != .null)
            let remove: JSONValue = ["ids": [task], "tags": [tag], "action": "remove"]
            #expect(try await client.post("/tasks/set_tags/", remove).status == 200)
            #expect(try await client.get("/tasks/").results[0]["tags"] == [])
        }
    }
}
