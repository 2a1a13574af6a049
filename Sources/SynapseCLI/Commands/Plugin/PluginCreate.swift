import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse plugin create`.
struct PluginCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Make a plugin.")

    @Option(help: "The name that programs use: letters, digits, - _ and .")
    var code: String

    @Option(help: "The name that people see, at most 200 characters.")
    var name: String

    @Option(help: "What it is for, such as neural_net, export or custom.")
    var category: String?

    @Option(help: "What it does.")
    var description: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let body = PluginCreate(
            code: code, name: name, category: category.map { PluginCategory(rawValue: $0) }, description: description)
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.createPlugin(body))
        }
    }
}
