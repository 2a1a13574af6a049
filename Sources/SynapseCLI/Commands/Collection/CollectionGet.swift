import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse collection get`.
struct CollectionGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show one data collection with its file specifications.")

    @Argument(help: "The collection's id.")
    var id: Int

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.getDataCollection(DataCollection.ID(rawValue: id)))
        }
    }
}
