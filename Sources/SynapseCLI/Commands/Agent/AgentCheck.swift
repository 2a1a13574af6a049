import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse agent check`.
struct AgentCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check that the backend knows an agent, and note that it was seen.",
        discussion: """
            The agent is named by its id, or by its token: --agent-token-file, else SYNAPSE_AGENT_TOKEN. The \
            exit code is 1 when the agent is disconnected.
            """)

    @Argument(help: "The agent's id.")
    var id: Int?

    @Option(help: "A file whose first line is the agent's token, or - for standard input.")
    var agentTokenFile: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if id != nil, agentTokenFile != nil {
            throw ValidationError("an id and --agent-token-file exclude each other")
        }
    }

    func run() async throws {
        let given = try agentTokenFile.map { Secret(try TokenFile.read($0)) }
        try await connection.withClient { client in
            let answer = try await client.healthCheckAgent(try await token(given, client))
            let told = answer.flatMap { try? Agent(reading: $0) }
            if let told {
                try ResultPrinter(output).print(told)
            } else if let id {
                try ResultPrinter(output).print(try await client.getAgent(Agent.ID(rawValue: id)))
            } else {
                Terminal.say("the backend knows the agent")
            }
            let detail = answer?.value["detail"]?.stringValue
            if told?.status == .disconnected { throw AgentDisconnected(detail: detail) }
            if let detail { Terminal.say(Terminal.printable(detail)) }
        }
    }

    private func token(_ given: Secret?, _ client: BackendClient) async throws -> Secret {
        if let given { return given }
        if let id {
            guard let token = try await client.getAgent(Agent.ID(rawValue: id)).token else {
                throw UsageError("the backend does not tell the token of agent \(id); pass --agent-token-file")
            }
            return Secret(token.revealed)
        }
        guard let token = ProgramEnvironment.current["SYNAPSE_AGENT_TOKEN"] else {
            throw UsageError("no agent is named: pass its id or --agent-token-file, or set SYNAPSE_AGENT_TOKEN")
        }
        return Secret(token)
    }
}

/// The agent cannot run jobs now.
struct AgentDisconnected: Error, CustomStringConvertible {
    /// What the backend says about it.
    var detail: String?

    var description: String { "the agent is disconnected" + (detail.map { ": \(Terminal.printable($0))" } ?? "") }
}
