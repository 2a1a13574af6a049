import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse job events`.
struct JobEvents: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "List what a job has reported: messages, metrics, pictures.")

    @Argument(help: "The job's id.")
    var id: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = try list.query()
        try await connection.withClient { client in
            let job = Job.ID(rawValue: id)
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllLogs(job: job, query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listLogs(job: job, query))
            }
        }
    }
}
