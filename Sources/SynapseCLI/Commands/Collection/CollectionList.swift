import ArgumentParser
import SynapseClient

/// `synapse collection list`.
struct CollectionList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List data collections.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = try list.query()
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllDataCollections(query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listDataCollections(query))
            }
        }
    }
}
