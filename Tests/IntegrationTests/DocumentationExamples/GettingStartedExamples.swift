import SynapseClient

// What the articles of SynapseClient show. DocumentationTests sees that they show nothing else, and runs it.

enum GettingStartedExamples {
    static func connect() async throws {
        try await withBackendClient(.fromEnvironment()) { client in
            let project = try await client.getProject(123)
            print(project.title ?? "untitled")
        }
    }

    static func configure() -> ClientConfiguration {
        var configuration = ClientConfiguration(
            baseURL: "https://api.synapse.sh",
            credentials: .init(accessToken: "syn_…", tenant: "acme")
        )
        configuration.timeouts.read = .seconds(60)
        configuration.retry.attempts = 6
        configuration.limits.connections = 8
        return configuration
    }

    static func firstProject(_ client: BackendClient) async throws -> Project {
        let collection = try await client.createDataCollection(
            DataCollectionCreate(
                name: "cats", category: .image,
                fileSpecifications: [
                    FileSpecification(name: "image", fileType: .image, isRequired: true, isPrimary: true)
                ]
            )
        )
        return try await client.createProject(
            ProjectCreate(title: "Which cats", category: .image, dataCollection: collection.id)
        )
    }

    static func annotate(_ client: BackendClient, _ project: Project.ID) async throws {
        let page = try await client.listTasks(TaskQuery(project: project))
        for task in page.results where task.data == nil {
            try await client.annotateTaskData(task.id, data: ["label": "tabby"])
        }
    }

    static func unknownFields(_ project: Project) {
        for (name, value) in project.unknownFields {
            print(name, value)
        }
    }
}
