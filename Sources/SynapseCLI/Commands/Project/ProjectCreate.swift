import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse project create`.
struct ProjectCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Make a project.")

    @Option(help: "The title, at most 200 characters.")
    var title: String

    @Option(help: "image, video, audio, text, pcd, prompt or time_series.")
    var category: String

    @Option(help: "The id of the data collection whose units become tasks.")
    var collection: Int?

    @Option(help: "Classes and tools of annotation: JSON, @FILE, or - for standard input.")
    var configurationJSON: String?

    @Option(help: "What the project is for.")
    var description: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let body = ProjectCreate(
            title: title, category: ProjectCategory(rawValue: category),
            dataCollection: collection.map { DataCollection.ID(rawValue: $0) },
            configuration: try configurationJSON.map { try JSONArgument.readObject($0, option: "--configuration-json") }
                ?? [:],
            description: description)
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.createProject(body))
        }
    }
}
