import ArgumentParser

/// `synapse collection`.
struct CollectionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collection", abstract: "Data collections: units of data that have the same files.",
        subcommands: [CollectionList.self, CollectionGet.self, CollectionCreate.self])
}
