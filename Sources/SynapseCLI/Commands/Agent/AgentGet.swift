import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse agent get`.
struct AgentGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show one agent.", discussion: "JSON output holds the agent's token.")

    @Argument(help: "The agent's id.")
    var id: Int

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.getAgent(Agent.ID(rawValue: id)))
        }
    }
}
