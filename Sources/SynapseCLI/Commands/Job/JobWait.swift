import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse job wait`.
struct JobWait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until a job has ended.",
        discussion:
            "The exit code is 0 for a job that succeeded, and 1 for one that failed, was stopped, or took too long.")

    @Argument(help: "The job's id.")
    var id: String

    @Option(name: .customLong("for"), help: "Seconds to wait at most.")
    var limit: Double?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let limit, !(limit > 0 && limit <= 31_536_000) {
            throw ValidationError("--for is above 0 and at most a year of seconds, not \(limit)")
        }
    }

    func run() async throws {
        try await connection.withClient { client in
            let job = try await JobWaiter(client: client).wait(
                for: Job.ID(rawValue: id), limit: limit.map { .seconds($0) })
            try ResultPrinter(output).print(job)
            try JobOutcome.check(job)
        }
    }
}
