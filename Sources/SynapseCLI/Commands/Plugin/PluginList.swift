import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse plugin list`.
struct PluginList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List plugins.")

    @Option(help: "Only plugins of this kind, such as neural_net or export.")
    var category: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = PluginQuery(
            category: category.map { PluginCategory(rawValue: $0) }, list: try list.query())
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllPlugins(query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listPlugins(query))
            }
        }
    }
}
