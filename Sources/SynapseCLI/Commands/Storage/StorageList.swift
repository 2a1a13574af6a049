import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse storage list`.
struct StorageList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List storages, without their secrets.")

    @Option(help: "internal or external.")
    var category: String?

    @Option(help: "Only storages of this kind, such as amazon_s3 or smb.")
    var provider: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = StorageQuery(
            category: category.map { StorageCategory(rawValue: $0) },
            provider: provider.map { StorageProvider(rawValue: $0) }, list: try list.query())
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllStorages(query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listStorages(query))
            }
        }
    }
}
