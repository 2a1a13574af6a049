import ArgumentParser
import SynapseClient
import SynapseModels
import SynapsePackaging

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `synapse plugin publish`.
struct PluginPublish: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Pack a plugin's folder and make a release of it.",
        discussion: """
            Reads config.yaml (or synapse.yaml), packs the folder without what .gitignore, .synapseignore and a built-in \
            list leave out, and sends both. A plugin whose code is new is made on the way.

            A version that is there stays, unless it was for trying out. With --debug a release for trying out is made; it \
            takes the place of the one of its version, also of one for use.
            """)

    @OptionGroup var package: PackageOptions

    @Flag(help: "Show what would be sent, and send nothing.")
    var dryRun = false

    @Flag(help: "Make a release for trying out.")
    var debug = false

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let plugin = try await package.read()
        try await ScratchFolder.with { folder in
            let path = "\(folder)/plugin.zip"
            var report = PackageReport(package: plugin, archive: try await plugin.write(to: path))
            report.isDryRun = dryRun
            if output.output == .table { try Terminal.write(report.text) }
            if dryRun {
                if output.output == .json { try Terminal.write(report.jsonBytes() + [UInt8(ascii: "\n")]) }
                return
            }
            let configuration = try connection.configuration()
            guard try isConfirmed(plugin.config, configuration.baseURL) else {
                throw UsageError("not published")
            }
            let release = try await connection.withClient { client in
                try await PluginPublisher(client: client).publish(plugin, archive: path, debug: debug)
            }
            report.release = release
            if output.output == .json {
                try Terminal.write(report.jsonBytes() + [UInt8(ascii: "\n")])
            } else {
                try Terminal.write("published as release \(release.id)\(debug ? ", for trying out" : "")\n")
            }
        }
    }

    /// Asks a person at a terminal; a program has chosen by starting the command.
    private func isConfirmed(_ config: PluginConfig, _ url: String) throws -> Bool {
        guard !yes, isatty(STDIN_FILENO) == 1, output.output == .table else { return true }
        Terminal.draw("Publish \(config.code) \(config.version) to \(url)? [y/N] ")
        let answer = readLine()?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }
}

/// Sends a packed plugin.
struct PluginPublisher {
    let client: BackendClient

    /// Makes a release.
    ///
    /// - Parameters:
    ///   - package: The plugin.
    ///   - archive: The path of its archive.
    ///   - version: The version, when not the configuration's.
    ///   - debug: Whether it is for trying out.
    /// - Returns: The release.
    /// - Throws: ``VersionExists`` or `ClientError`.
    func publish(
        _ package: PluginPackage, archive: String, version: String? = nil, debug: Bool = false
    ) async throws -> PluginRelease {
        let config = package.config
        let version = version ?? config.version
        let body = PluginReleaseCreate(
            plugin: .code(config.code), version: version, config: config.wire, debug: debug)
        do {
            return try await client.createPluginRelease(body, file: .path(archive))
        } catch let error as ClientError where Self.isVersionThere(error) {
            throw VersionExists(code: config.code, version: version)
        }
    }

    /// Backends tell it in a field error on the version, or in a text alone.
    private static func isVersionThere(_ error: ClientError) -> Bool {
        let texts = error.context.fieldErrors.flatMap(\.messages) + [error.message]
        return texts.contains { $0.contains("version_exists") || $0.contains("already exists") }
    }
}

/// The version has a release already.
struct VersionExists: Error, CustomStringConvertible {
    var code: String
    var version: String

    var description: String { "\(code) \(version) is published already; raise the version in config.yaml" }
}
