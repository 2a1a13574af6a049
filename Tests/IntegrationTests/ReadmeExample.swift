import SynapseClient
import SynapseModels

func labelEverything(in project: Project.ID) async throws {
    try await withBackendClient(.fromEnvironment()) { client in
        let tasks = client.listAllTasks(TaskQuery(project: project))
        for try await task in tasks where task.data == nil {
            try await client.annotateTaskData(task.id, data: ["label": "tabby"])
        }
    }
}
