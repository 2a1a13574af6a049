import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse unit get`.
struct UnitGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show one data unit with its files.")

    @Argument(help: "The unit's id.")
    var id: Int

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.getDataUnit(DataUnit.ID(rawValue: id)))
        }
    }
}
