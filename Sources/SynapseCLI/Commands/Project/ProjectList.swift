import ArgumentParser
import SynapseClient

/// `synapse project list`.
struct ProjectList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List projects.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = try list.query()
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllProjects(query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listProjects(query))
            }
        }
    }
}
