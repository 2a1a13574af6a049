import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse job list`.
struct JobList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List jobs, the newest first.")

    @Option(help: "Only jobs in this state, such as running. May be repeated.")
    var status: [String] = []

    @Option(help: "Only jobs of the agent with this id.")
    var agent: Int?

    @Option(help: "Only runs of this action.")
    var action: String?

    @Option(help: "Only runs of this plugin: its code or id.")
    var plugin: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = JobQuery(
            status: status.map { JobStatus(rawValue: $0.uppercased()) }, agent: agent.map { Agent.ID(rawValue: $0) },
            action: action, plugin: plugin.map { PluginReference(text: $0) }, list: try list.query())
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllJobs(query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listJobs(query))
            }
        }
    }
}
