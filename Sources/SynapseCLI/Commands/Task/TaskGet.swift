import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse task get`.
struct TaskGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show one task.")

    @Argument(help: "The task's id.")
    var id: Int

    @Option(help: "A relation to expand, such as data_unit. May be repeated.")
    var expand: [String] = []

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            try ResultPrinter(output).print(
                try await client.getTask(AnnotationTask.ID(rawValue: id), expand: expand))
        }
    }
}
