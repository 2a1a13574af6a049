import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse collection create`.
struct CollectionCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a data collection.",
        discussion: """
            A file specification is NAME:TYPE, then any of required, primary and ext=EXTENSION, separated by colons:

              synapse collection create --name cats --category image --file image:image:required:primary:ext=jpg:ext=png
            """)

    @Option(help: "The name, at most 100 characters.")
    var name: String

    @Option(help: "image, video, audio, text, pcd or data.")
    var category: String

    @Option(name: .customLong("file"), help: "A file specification of each unit. May be repeated.")
    var files: [String]

    @Option(help: "What it holds.")
    var description: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let body = DataCollectionCreate(
            name: name, category: CollectionCategory(rawValue: category),
            fileSpecifications: try files.enumerated().map { try Self.specification($1, index: $0) },
            description: description)
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.createDataCollection(body))
        }
    }

    static func specification(_ text: String, index: Int) throws -> FileSpecification {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw UsageError("--file takes NAME:TYPE[:required][:primary][:ext=EXTENSION…], not '\(text)'")
        }
        var specification = FileSpecification(
            name: parts[0], fileType: FileType(rawValue: parts[1]), isRequired: false, isPrimary: false, index: index)
        for part in parts.dropFirst(2) {
            switch part {
            case "required": specification.isRequired = true
            case "primary": specification.isPrimary = true
            case _ where part.hasPrefix("ext="):
                let name = part.dropFirst(4).drop { $0 == "." }
                specification.extensions = (specification.extensions ?? []) + [name.lowercased()]
            default: throw UsageError("--file: '\(part)' is none of required, primary, ext=EXTENSION")
            }
        }
        return specification
    }
}
