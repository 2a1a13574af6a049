import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse plugin release`.
struct PluginReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "The versions of a plugin.",
        subcommands: [PluginReleaseList.self, PluginReleaseGet.self, PluginReleaseCreateCommand.self])
}

/// `synapse plugin release list`.
struct PluginReleaseList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List releases of plugins, the newest first.")

    @Argument(help: "Only releases of this plugin, by id or code.")
    var code: String?

    @Option(help: "The same as an option.")
    var plugin: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if code != nil, plugin != nil { throw ValidationError("the plugin is named twice") }
    }

    func run() async throws {
        let query = try list.query()
        let plugin = (code ?? plugin).map { PluginReference(text: $0) }
        try await connection.withClient { client in
            if list.all {
                try await ResultPrinter(output).printAll { client.listAllPluginReleases(plugin, query, options: $0) }
            } else {
                try ResultPrinter(output).print(try await client.listPluginReleases(plugin, query))
            }
        }
    }
}

/// `synapse plugin release get`.
struct PluginReleaseGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show one release of a plugin.")

    @Argument(help: "The release's id, or CODE@VERSION.")
    var release: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await connection.withClient { client in
            try ResultPrinter(output).print(try await client.getPluginReleaseByLookup(release))
        }
    }
}

/// `synapse plugin release create`.
struct PluginReleaseCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a release of a plugin.",
        discussion: """
            A plugin whose code is new is made on the way when the configuration has a name. A version that is there \
            stays, unless it or the new one is for debugging: then the new one takes its place.
            """)

    @Argument(help: "The archive; none makes a release without one.")
    var file: String?

    @Option(help: "The plugin's id or code.")
    var plugin: String

    @Option(name: .customLong("release"), help: "The version, such as 1.0.0.")
    var version: String

    @Option(
        name: .customLong("config"), help: "The plugin's configuration: a JSON object, @FILE, or - for standard input.")
    var config: String?

    @Option(name: .customLong("requirement"), help: "A Python package that it needs. May be repeated.")
    var requirements: [String] = []

    @Flag(help: "Make a release for trying out.")
    var debug = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        if let file { _ = try LocalFile.byteCount(of: file) }
        let body = PluginReleaseCreate(
            plugin: PluginReference(text: plugin), version: version,
            config: try config.map { try JSONArgument.readObject($0, option: "--config") },
            requirements: requirements.isEmpty ? nil : requirements, debug: debug)
        try await connection.withClient { client in
            try ResultPrinter(output).print(
                try await client.createPluginRelease(body, file: file.map { .path($0) }))
        }
    }
}
