import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse storage create`.
struct StorageCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a storage.",
        discussion: """
            The configuration is a JSON object whose members depend on the provider, such as \
            {"bucket_name": …, "access_key": …, "secret_key": …} for amazon_s3.
            """)

    @Option(help: "The name, at most 200 characters.")
    var name: String

    @Option(help: "The kind of storage: \(StorageProvider.known.map(\.rawValue).joined(separator: ", ")).")
    var provider: String

    @Option(name: .customLong("configuration"), help: "How to reach it: @FILE with JSON, or - for standard input.")
    var settings: String

    @Option(help: "internal or external.")
    var category: String = "internal"

    @Flag(name: .customLong("default"), help: "New files go there from now on.")
    var isDefault = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let body = StorageCreate(
            name: name, provider: StorageProvider(rawValue: provider),
            configuration: try StorageCommand.configuration(settings), category: StorageCategory(rawValue: category),
            isDefault: isDefault ? true : nil)
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.createStorage(body))
        }
    }
}
