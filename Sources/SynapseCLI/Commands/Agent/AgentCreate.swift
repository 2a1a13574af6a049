import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse agent create`.
struct AgentCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an agent known, and have a token made for it.",
        discussion: "JSON output holds the agent's token.")

    @Option(help: "The name, at most 200 characters.")
    var name: String

    @Option(name: .customLong("agent-url"), help: "Where the agent can be reached.")
    var agentURL: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let body = AgentCreate(name: name, url: agentURL)
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.createAgent(body))
        }
    }
}
