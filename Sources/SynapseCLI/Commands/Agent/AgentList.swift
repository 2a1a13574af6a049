import ArgumentParser
import SynapseClient

/// `synapse agent list`.
struct AgentList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List agents.", discussion: "JSON output holds the agents' tokens.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = try list.query()
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllAgents(query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listAgents(query))
            }
        }
    }
}
