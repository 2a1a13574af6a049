import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse unit list`.
struct UnitList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List data units.")

    @Option(help: "Only the units of this data collection.")
    var collection: Int?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = DataUnitQuery(
            dataCollection: collection.map { DataCollection.ID(rawValue: $0) }, list: try list.query())
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllDataUnits(query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listDataUnits(query))
            }
        }
    }
}
