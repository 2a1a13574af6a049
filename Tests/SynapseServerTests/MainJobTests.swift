import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct MainJobTests {
    @Test func aFolderOfFilesBecomesAnnotatedTasks() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let workspace = try await Workspace(client)
            let units = try await workspace.makeUnits(5)
            #expect(units.count == 5)
            let tasks = try await workspace.makeTasks(units)
            #expect(tasks.count == 5)
            for task in tasks {
                let reply = try await client.json(
                    .PUT, "/tasks/\(task)/annotate_task_data/?schema=any", ["action": "submit", "data": ["label": 7]])
                #expect(reply.status == 200)
                #expect(reply["has_data"] == true)
            }
            let tag = try await client.post(
                "/task_tags/", ["project": .integer(workspace.project), "name": "reviewed"])
            #expect(tag.status == 201)
            let tagged = try await client.post(
                "/tasks/set_tags/",
                ["ids": [.integer(tasks[0]), .integer(tasks[1])], "tags": [.integer(tag.id)], "action": "add"])
            #expect(tagged.text == #"{"status":"ok"}"#)
            let list = try await client.get("/sdk/tasks/?project=\(workspace.project)&page_size=2&expand=data_unit")
            #expect(list["count"] == 5)
            #expect(list.results.count == 2)
            #expect(list.results[0]["data"]?["label"] == 7)
            #expect(list.results[0]["tags"] == [.integer(tag.id)])
            let link = list.results[1]["data_unit"]?["files"]?["image_1"]?["url"]?.stringValue ?? ""
            let file = try await client.withoutToken().get(link)
            #expect(file.status == 200)
            #expect(file.text == "content 1")
        }
    }
}
