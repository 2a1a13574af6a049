import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse ground-truth version`.
struct GroundTruthVersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Versions: what a dataset was at one moment.",
        subcommands: [
            GroundTruthVersionList.self, GroundTruthVersionGet.self, GroundTruthVersionCreate.self,
            GroundTruthVersionArchive.self,
        ])
}

/// `synapse ground-truth version list`.
struct GroundTruthVersionList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List versions.")

    @Option(help: "Only the versions of this dataset.")
    var dataset: Int?

    @Flag(inversion: .prefixedNo, help: "Only versions that are, or are not, archived.")
    var archived: Bool?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = GroundTruthVersionQuery(
            groundTruthDataset: dataset.map { GroundTruthDataset.ID(rawValue: $0) }, isArchived: archived,
            list: try list.query())
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllGroundTruthVersions(query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listGroundTruthVersions(query))
            }
        }
    }
}

/// `synapse ground-truth version get`.
struct GroundTruthVersionGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show one version.")

    @Argument(help: "The version's id.")
    var id: Int

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            try ResultPrinter(output).print(
                try await client.getGroundTruthVersion(GroundTruthDatasetVersion.ID(rawValue: id)))
        }
    }
}

/// `synapse ground-truth version create`.
struct GroundTruthVersionCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Freeze a dataset: later changes do not touch the version.")

    @Option(help: "The id of the dataset.")
    var dataset: Int

    @Option(help: "The name of the version, at most 100 characters.")
    var name: String

    @Option(help: "What it is for.")
    var description: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let body = GroundTruthDatasetVersionCreate(
            groundTruthDataset: GroundTruthDataset.ID(rawValue: dataset), version: name, description: description)
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.createGroundTruthVersion(body))
        }
    }
}

/// `synapse ground-truth version archive`.
struct GroundTruthVersionArchive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive", abstract: "Offer a version no longer; what it froze stays.")

    @Argument(help: "The version's id.")
    var id: Int

    @Flag(help: "Offer it again.")
    var undo = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            try ResultPrinter(output).print(
                try await client.archiveGroundTruthVersion(
                    GroundTruthDatasetVersion.ID(rawValue: id), isArchived: !undo))
        }
    }
}
