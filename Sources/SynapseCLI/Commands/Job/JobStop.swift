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
            let job = try await client.stopJob(Job.ID(rawValue: id))
            try ResultPrinter(output).print(job)
            if let status = job.status, !status.isFinal { throw JobNotStopped(id: id, status: status) }
        }
    }
}

/// The end of a job was asked for, and has not come yet.
struct JobNotStopped: Error, CustomStringConvertible {
    var id: String
    var status: JobStatus

    var description: String {
        "the job \(Terminal.printable(id)) is \(Terminal.printable(status.rawValue)) still: its end was asked for, and "
            + "comes when what runs it can be reached; 'synapse job get' says more"
    }
}
