import SynapseClient
import SynapseServer

// What the comments of public symbols show.

enum CommentExamples {
    static func pages(_ client: BackendClient) async throws {
        let tasks = client.listAllTasks(.init(project: 123))
        print(try await tasks.count ?? 0)
        for try await task in tasks { print(task.id) }
    }

    static func writer(_ name: String?) -> [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.member("id", 3)
            $0.memberIfPresent("name", name)
        }
        return writer.bytes
    }

    static func plugin(_ client: BackendClient) async throws -> Plugin {
        let plugin = try await client.getPlugin("yolov8")
        return plugin
    }

    static func release(_ client: BackendClient, _ release: PluginReleaseCreate) async throws -> PluginRelease {
        try await client.createPluginRelease(release, file: "build/plugin.zip")
    }

    static func tail(_ client: BackendClient, _ job: Job.ID) async throws {
        let log = client.tailJobConsoleLogs(job)
        for try await line in log { print(line) }
        print(log.finalJob?.status ?? "?")
    }

    static func server() async throws {
        let server = try BackendServer(BackendServerConfiguration(dataDirectory: "./synapse-data"))
        try await server.run()
    }
}
