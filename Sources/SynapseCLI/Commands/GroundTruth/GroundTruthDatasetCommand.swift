import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse ground-truth dataset`.
struct GroundTruthDatasetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "Datasets: the ground truths of a project that belong together.",
        subcommands: [GroundTruthDatasetList.self, GroundTruthDatasetCreateCommand.self])
}

/// `synapse ground-truth dataset list`.
struct GroundTruthDatasetList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List ground-truth datasets.")

    @Option(help: "Only the datasets of this project.")
    var project: Int?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = try list.query()
        let id = project.map { Project.ID(rawValue: $0) }
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll {
                    client.listAllGroundTruthDatasets(project: id, query, options: $0)
                }
            } else {
                try ResultPrinter(output).print(try await client.listGroundTruthDatasets(project: id, query))
            }
        }
    }
}

/// `synapse ground-truth dataset create`.
struct GroundTruthDatasetCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Make a ground-truth dataset.")

    @Option(help: "The id of the project.")
    var project: Int

    @Option(help: "The name, at most 200 characters; one dataset of the project.")
    var name: String

    @Option(help: "What it is for.")
    var description: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let body = GroundTruthDatasetCreate(
            project: Project.ID(rawValue: project), name: name, description: description)
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.createGroundTruthDataset(body))
        }
    }
}
