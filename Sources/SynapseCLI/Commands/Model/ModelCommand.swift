import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse model`.
struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Models: trained networks with their files.",
        subcommands: [
            ModelList.self, ModelGet.self, ModelCreateCommand.self, ModelDownload.self, ModelUpdateCommand.self,
        ])
}

/// `synapse model list`.
struct ModelList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List models.")

    @Option(help: "Only the models of this project.")
    var project: Int?

    @Option(help: "Only the models of the plugin with this code.")
    var plugin: String?

    @Flag(help: "Only models that are in use.")
    var released = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let query = ModelQuery(
            project: project.map { Project.ID(rawValue: $0) }, plugin: plugin, isReleased: released ? true : nil,
            list: try list.query())
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllModels(query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listModels(query))
            }
        }
    }
}

/// `synapse model get`.
struct ModelGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show one model.")

    @Argument(help: "The model's id.")
    var id: Int

    @Option(help: "What to show as well: metrics, plugin or project. May be repeated.")
    var expand: [String] = []

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.getModel(Model.ID(rawValue: id), expand: expand))
        }
    }
}

/// `synapse model create`.
struct ModelCreateCommand: AsyncParsableCommand, GoesOn {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Upload a file and make a model of it.",
        discussion: "An upload that was killed or interrupted goes on when the command is run again.")

    @Argument(help: "The model's file.")
    var file: String

    @Option(help: "The name, at most 200 characters.")
    var name: String

    @Option(help: "The code of the plugin that it runs in.")
    var plugin: String?

    @Option(help: "The version of the plugin.")
    var pluginVersion: String?

    @Option(help: "The id of the project.")
    var project: Int?

    @Option(help: "The id of the model from which training went on.")
    var checkpoint: Int?

    @Option(help: "The parameters of training: a JSON object, @FILE, or - for standard input.")
    var configurationJSON: String?

    @Option(help: "What was measured: a JSON object, @FILE, or - for standard input.")
    var metrics: String?

    @Option(help: "What it is.")
    var description: String?

    @OptionGroup var transfer: TransferOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    var howToGoOn: String { "Run the same command to go on: what the server has is not sent again." }

    func run() async throws {
        let monitor = UploadMonitor(byteCount: try LocalFile.byteCount(of: file))
        let body = ModelCreate(
            name: name, plugin: plugin, version: pluginVersion,
            checkpoint: checkpoint.map { Model.ID(rawValue: $0) },
            configuration: try configurationJSON.map {
                try JSONArgument.readObject($0, option: "--configuration-json")
            },
            description: description, project: project.map { Project.ID(rawValue: $0) },
            metrics: try metrics.map { try JSONArgument.readObject($0, option: "--metrics") })
        try await connection.withClient {
            transfer.apply(to: &$0)
        } _: { client in
            let model = try await client.createModel(body, file: file) {
                monitor.show($0)
            } onNotice: {
                monitor.say($0)
            }
            monitor.finish()
            try monitor.print(model, output)
        }
    }
}

/// `synapse model download`.
struct ModelDownload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download", abstract: "Download the file of a model.",
        discussion: "The file appears under its name when it is whole.")

    @Argument(help: "The model's id.")
    var id: Int

    @Argument(help: "Where to put it; the name under which it was uploaded unless given.")
    var path: String?

    @Flag(help: "Replace a file that is there.")
    var replace = false

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        try await connection.withClient { client in
            let model = try await client.getModel(Model.ID(rawValue: id))
            let target = try path ?? Self.name(of: model)
            if !replace, Self.isThere(target) {
                throw UsageError("\(target) is there already; --replace replaces it")
            }
            let file = try await client.downloadModel(model, to: target)
            try Terminal.write(Terminal.printable(file.path) + "\n")
            Terminal.say("\(file.byteCount) bytes, MD5 \(file.checksum)")
        }
    }

    private static func isThere(_ path: String) -> Bool {
        if case .missing = LocalFile(at: path) { false } else { true }
    }

    /// The last part of the name that the server gives: it must not lead out of the folder.
    private static func name(of model: Model) throws -> String {
        let last = model.fileNameOriginal?.split(separator: "/").last.map(String.init) ?? ""
        guard !last.isEmpty, last != ".", last != "..", !last.hasPrefix("."), !last.contains("\0") else {
            throw UsageError("the model's file has no usable name; say where to put it")
        }
        return last
    }
}

/// `synapse model update`.
struct ModelUpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a model, or take it into use.")

    @Argument(help: "The model's id.")
    var id: Int

    @Option(help: "The name, at most 200 characters.")
    var name: String?

    @Option(help: "What it is.")
    var description: String?

    @Flag(inversion: .prefixedNo, help: "Whether it is in use.")
    var released: Bool?

    @Option(help: "What was measured: a JSON object, @FILE, or - for standard input.")
    var metrics: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if [name, description, metrics].allSatisfy({ $0 == nil }), released == nil {
            throw ValidationError("nothing to change: give --name or another option")
        }
    }

    func run() async throws {
        let changes = ModelUpdate(
            name: name, description: description, isReleased: released,
            metrics: try metrics.map { try JSONArgument.readObject($0, option: "--metrics") })
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.updateModel(Model.ID(rawValue: id), changes))
        }
    }
}
