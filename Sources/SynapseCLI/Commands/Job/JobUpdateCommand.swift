import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse job update`.
struct JobUpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Say what has become of a job, or add to its console log.")

    @Argument(help: "The job's id.")
    var id: String

    @Option(help: "running, succeeded, failed or stopped.")
    var status: String?

    @Option(help: "A line for the console log. May be repeated.")
    var line: [String] = []

    @Option(help: "How far it is: a JSON object, @FILE, or - for standard input.")
    var progress: String?

    @Option(help: "What it measured: a JSON object, @FILE, or - for standard input.")
    var metrics: String?

    @Option(help: "What it gave back: JSON, @FILE, or - for standard input.")
    var result: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        let given = [status, progress, metrics, result].compactMap(\.self)
        if given.isEmpty, line.isEmpty { throw ValidationError("nothing to change: give --status or another option") }
    }

    func run() async throws {
        let update = JobUpdate(
            status: status.map { JobStatus(rawValue: $0.uppercased()) },
            progressRecord: try progress.map { try JSONArgument.readObject($0, option: "--progress") },
            metricsRecord: try metrics.map { try JSONArgument.readObject($0, option: "--metrics") },
            consoleLogs: line.map { JobUpdate.ConsoleEntry($0) },
            result: try result.map { try JSONArgument.read($0, option: "--result") })
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.updateJob(Job.ID(rawValue: id), update))
        }
    }
}
