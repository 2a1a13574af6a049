import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse storage get`.
struct StorageGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show one storage.")

    @Argument(help: "The storage's id.")
    var id: Int

    @Flag(help: "The whole configuration, passwords and keys included; needs --output json.")
    var withConfiguration = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if withConfiguration, output.output != .json {
            throw ValidationError("--with-configuration needs --output json")
        }
    }

    func run() async throws {
        try await connection.withClient { client in
            try ResultPrinter(output).print(
                try await client.getStorage(Storage.ID(rawValue: id), withConfiguration: withConfiguration))
        }
    }
}

/// `synapse storage default`.
struct StorageDefault: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "default", abstract: "Show the storage to which new files go.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            guard let storage = try await client.getDefaultStorage() else {
                Terminal.say("there is no storage")
                return
            }
            try ResultPrinter(output).print(storage)
        }
    }
}
