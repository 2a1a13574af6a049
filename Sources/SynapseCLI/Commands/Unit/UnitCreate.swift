import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse unit create`.
struct UnitCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Upload files and make one data unit of them.")

    @Option(help: "The id of the data collection.")
    var collection: Int

    @Option(
        name: .customLong("file"), help: "SPECIFICATION=PATH: a file and the specification it fills. May be repeated.")
    var files: [String]

    @Option(help: "Free notes: a JSON object, @FILE, or - for standard input.")
    var meta: String?

    @Option(help: "The group, from root to leaf with / between: lot-1/morning.")
    var group: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let paths = try Dictionary(files.map(Self.file), uniquingKeysWith: { _, _ in throw Self.repeated })
        let item = OrganizedFile(
            files: paths, meta: try meta.map { try JSONArgument.readObject($0, option: "--meta") } ?? [:],
            groups: group.map { $0.split(separator: "/").map(String.init) })
        for path in paths.values.sorted() { _ = try LocalFile.byteCount(of: path) }
        try await connection.withClient { client in
            let body = try await client.uploadDataFile(item, collectionID: DataCollection.ID(rawValue: collection))
            guard let unit = try await client.createDataUnits([body]).first else { return }
            try ResultPrinter(output).print(unit)
            if meta != nil, unit.meta?.value != item.meta {
                Terminal.say("These files are unit \(unit.id) already, which keeps its own meta and group.")
            }
        }
    }

    private static let repeated = UsageError("--file: each specification takes one file")

    private static func file(_ text: String) throws -> (String, String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw UsageError("--file takes SPECIFICATION=PATH, not '\(text)'") }
        return (parts[0], parts[1])
    }
}
