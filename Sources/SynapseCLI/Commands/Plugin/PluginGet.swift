import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse plugin get`.
struct PluginGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show one plugin.")

    @Argument(help: "The plugin's id or code.")
    var plugin: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.getPlugin(PluginReference(text: plugin)))
        }
    }
}
