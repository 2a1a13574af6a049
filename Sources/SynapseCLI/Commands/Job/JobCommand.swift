import ArgumentParser

/// `synapse job`.
struct JobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Jobs: runs of plugins, what they print and how they end.",
        subcommands: [
            JobList.self, JobGet.self, JobUpdateCommand.self, JobLogs.self, JobEvents.self, JobWait.self,
            JobStop.self,
        ])
}
