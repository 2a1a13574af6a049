import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse project get`.
struct ProjectGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show one project.")

    @Argument(help: "The project's id.")
    var id: Int

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.getProject(Project.ID(rawValue: id)))
        }
    }
}
