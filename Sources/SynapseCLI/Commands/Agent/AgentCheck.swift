import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse agent check`.
struct AgentCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check whether an agent is connected.",
        discussion: """
            An agent that is named by its id is looked at. Named by its token (--agent-token-file, else \
            SYNAPSE_AGENT_TOKEN) it reports to the backend, which notes that it was seen. The exit code is 1 when the \
            agent is disconnected.
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
            if let id {
                try show(try await client.getAgent(Agent.ID(rawValue: id)))
            } else if let answer = try await client.healthCheckAgent(try token(given)) {
                try show(try Agent(reading: answer))
            } else {
                Terminal.say("the backend knows the agent")
            }
        }
    }

    private func show(_ agent: Agent) throws {
        try ResultPrinter(output).print(agent)
        let detail = agent.row?["detail"]?.value.stringValue
        if agent.status == .disconnected { throw AgentDisconnected(detail: detail) }
        if let detail { Terminal.say(Terminal.printable(detail)) }
    }

    private func token(_ given: Secret?) throws -> Secret {
        if let given { return given }
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
