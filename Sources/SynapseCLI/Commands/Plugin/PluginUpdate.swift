import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse plugin update`.
struct PluginUpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a plugin; what is not named stays.")

    @Argument(help: "The plugin's id or code.")
    var plugin: String

    @Option(help: "The name that people see, at most 200 characters.")
    var name: String?

    @Option(help: "What it is for, such as neural_net, export or custom.")
    var category: String?

    @Option(help: "What it does.")
    var description: String?

    @Flag(inversion: .prefixedNo, help: "Whether it can be run.")
    var active: Bool?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if [name, category, description].allSatisfy({ $0 == nil }), active == nil {
            throw ValidationError("nothing to change: give --name or another option")
        }
    }

    func run() async throws {
        let body = PluginUpdate(
            name: name, category: category.map { PluginCategory(rawValue: $0) }, description: description,
            isActive: active)
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.updatePlugin(PluginReference(text: plugin), body))
        }
    }
}
