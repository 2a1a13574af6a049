import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse task list`.
struct TaskList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List tasks.")

    @Option(help: "Only the tasks of this project.")
    var project: Int?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = TaskQuery(project: project.map { Project.ID(rawValue: $0) }, list: try list.query())
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllTasks(query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listTasks(query))
            }
        }
    }
}
