import ArgumentParser
import SynapseModels
import SynapsePackaging

/// `synapse plugin package`.
struct PluginPackageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package", abstract: "Write a plugin's archive to a file.",
        discussion: "The same content gives the same bytes. Needs no backend.")

    @OptionGroup var package: PackageOptions

    @Option(
        name: [.customShort("o"), .customLong("file")], help: "Where the archive goes; CODE-VERSION.zip unless given.")
    var file: String?

    // -o is the file here, as with other packers.
    @Option(name: .customLong("output"), help: "table for people; json for scripts.")
    var format = OutputOptions.Format.table

    func run() async throws {
        var plugin = try await package.read()
        let path = file ?? "\(plugin.config.code)-\(plugin.config.version).zip"
        if case .folder = LocalFile(at: path) { throw UsageError("\(path) is a folder; name a file") }
        plugin.leaveOut(path)
        let report = PackageReport(package: plugin, archive: try await plugin.write(to: path), path: path)
        if format == .json {
            try Terminal.write(report.jsonBytes() + [UInt8(ascii: "\n")])
        } else {
            try Terminal.write(report.text + "written to \(path)\n")
        }
    }
}
