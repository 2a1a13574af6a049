import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse storage update`.
struct StorageUpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a storage; what is not named stays.",
        discussion: "Members of the configuration that are left out stay as they are; null removes one.")

    @Argument(help: "The storage's id.")
    var id: Int

    @Option(help: "The name, at most 200 characters.")
    var name: String?

    @Option(name: .customLong("configuration"), help: "What to change of it: @FILE with JSON, or - for standard input.")
    var settings: String?

    @Flag(name: .customLong("default"), help: "New files go there from now on.")
    var isDefault = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let body = StorageUpdate(
            name: name, configuration: try settings.map(StorageCommand.configuration), isDefault: isDefault ? true : nil
        )
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.updateStorage(Storage.ID(rawValue: id), body))
        }
    }
}
