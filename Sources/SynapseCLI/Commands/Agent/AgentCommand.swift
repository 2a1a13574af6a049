import ArgumentParser

/// `synapse agent`.
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Agents: machines that run plugins.",
        subcommands: [AgentList.self, AgentGet.self, AgentCreateCommand.self, AgentCheck.self])
}
