import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse job get`.
struct JobGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show one job: how far it is, what it measured, and what became of it.")

    @Argument(help: "The job's id.")
    var id: String

    @Option(help: "What to show in full: logs, plugin_release, agent. May be repeated.")
    var expand: [String] = []

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            let job = try await client.getJob(Job.ID(rawValue: id), expand: expand)
            if output.output == .json { return try ResultPrinter(output).print(job) }
            let events = try await client.listLogs(job: job.id, ListQuery(pageSize: 20, ordering: "-created"))
            try Terminal.write(JobReport(job: job, events: events.results.reversed(), eventCount: events.count).text)
        }
    }
}
