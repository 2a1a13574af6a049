import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse job stop`.
struct JobStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "End a job, with everything that it has started.")

    @Argument(help: "The job's id.")
    var id: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.stopJob(Job.ID(rawValue: id)))
        }
    }
}
