import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse plugin run`.
struct PluginRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run an action of a plugin as a job.",
        discussion: """
            Prints the job's id. With --follow or --wait the exit code is that of the job: 0 when it succeeded, 1 when it \
            failed or was stopped.
            """)

    @Argument(help: "The plugin's code or id.")
    var plugin: String

    @Argument(help: "The action, such as train.")
    var actionName: String?

    @Option(help: "The action, for who prefers an option.")
    var action: String?

    @Option(help: "The parameters: a JSON object, @FILE, or - for standard input.")
    var params: String?

    @Option(help: "The id of the agent that is to run it.")
    var agent: Int?

    @Option(help: "The version of the release; the newest unless given.")
    var version: String?

    @Option(help: "The id of the storage that it works on.")
    var storage: Int?

    @Option(help: "The id to give the job: a UUID, so that the command can be repeated.")
    var job: String?

    @Option(help: "The language of its messages.")
    var language = "ko"

    @Flag(help: "Run to find mistakes; takes the newest release even when it is one for trying out.")
    var debug = false

    @Flag(name: .shortAndLong, help: "Show what the job prints until it has ended.")
    var follow = false

    @Flag(help: "Wait until the job has ended, with its progress.")
    var wait = false

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if (actionName == nil) == (action == nil) {
            throw ValidationError("one action is required, such as 'synapse plugin run \(plugin) train'")
        }
    }

    func run() async throws {
        let params = try params.map { try JSONArgument.readObject($0, option: "--params") }
        let run = PluginRun(
            action: actionName ?? action ?? "", params: params, agent: agent.map { Agent.ID(rawValue: $0) },
            storageID: storage,
            jobID: job.map { Job.ID(rawValue: $0) }, isDebug: debug, version: version, language: language)
        try await connection.withClient { client in
            let answer = try await client.runPlugin(PluginReference(text: plugin), run)
            try Terminal.write(answer.jsonBytes() + [UInt8(ascii: "\n")])
            guard let job = answer.jobID else { return }
            if follow {
                try JobOutcome.check(try await JobLogs.follow(job, client))
            } else if wait {
                try JobOutcome.check(try await JobWaiter(client: client).wait(for: job))
            }
        }
    }
}
