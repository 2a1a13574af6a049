import ArgumentParser
import SynapseModels

/// `synapse storage`.
struct StorageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage", abstract: "Storages: where files are kept.",
        subcommands: [
            StorageList.self, StorageGet.self, StorageDefault.self, StorageCreateCommand.self,
            StorageUpdateCommand.self,
        ])

    /// Reads a configuration from a file or standard input alone: arguments are seen by everybody on the machine.
    static func configuration(_ argument: String) throws -> JSONValue {
        guard argument == "-" || argument.hasPrefix("@") else {
            throw UsageError(
                "--configuration is @FILE, or - for standard input: passwords do not belong into arguments")
        }
        let value = try JSONArgument.read(argument, option: "--configuration")
        guard value.objectValue != nil else { throw UsageError("--configuration must be a JSON object") }
        return value
    }
}
