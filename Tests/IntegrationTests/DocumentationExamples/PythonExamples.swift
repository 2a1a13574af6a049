import SynapseClient

enum PythonExamples {
    static func constructor() throws -> BackendClient {
        let client = try BackendClient(
            baseURL: "https://api.synapse.sh", accessToken: "your-access-token", tenant: "acme",
            timeout: .init(connect: .seconds(5), read: .seconds(15))
        )
        return client
    }

    static func list(_ client: BackendClient) async throws {
        for try await task in client.listAllTasks(TaskQuery(project: 123)) {
            print(task.id)
        }
    }

    static func expand(_ client: BackendClient, _ id: AnnotationTask.ID) async throws {
        let task = try await client.getTask(id, expand: ["data_unit"])
        print(task.dataUnit?.object?.files?.primary?.url ?? "")
    }

    static func create(
        _ client: BackendClient, _ project: Project.ID, _ units: [DataUnit.ID], _ tag: TaskTag.ID
    ) async throws {
        let created = try await client.createTasks(project: project, dataUnits: units)
        try await client.setTagsTasks(created.tasks.map(\.id), tags: [tag])
    }

    static func annotate(_ client: BackendClient, _ task: AnnotationTask.ID) async throws {
        try await client.annotateTaskData(
            task, data: ["annotations": [["type": "bbox", "coordinates": [10, 10, 100, 100]]]]
        )
    }

    static func fail(_ client: BackendClient) async throws {
        do {
            _ = try await client.getProject(999)
        } catch let error as ClientError {
            print("API error: \(error)")
            print("Status code: \(error.statusCode ?? 0)")
            print("Response: \(error.response ?? "")")
        }
    }
}
