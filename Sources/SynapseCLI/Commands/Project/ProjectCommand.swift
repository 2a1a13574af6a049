import ArgumentParser

/// `synapse project`.
struct ProjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project", abstract: "Projects: the tasks that annotate one data collection.",
        subcommands: [ProjectList.self, ProjectGet.self, ProjectCreateCommand.self])
}
