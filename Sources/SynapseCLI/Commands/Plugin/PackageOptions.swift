import ArgumentParser
import SynapseClient
import SynapsePackaging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The plugin that a command packs.
struct PackageOptions: ParsableArguments {
    @Argument(help: "The plugin's folder, with a config.yaml.")
    var folder = "."

    @Option(
        help: ArgumentHelp(
            """
            Take what the content guard would refuse: SENSITIVE_FILE, or a file by its path in the folder. May be given \
            several times.
            """, valueName: "rule|file"))
    var allow: [String] = []

    /// Reads the plugin, says what is odd about it, and looks for secrets.
    func read() async throws -> PluginPackage {
        try LocalFile.checkFolder(folder)
        let package = try PluginPackage.read(folder: folder)
        for warning in package.warnings { Terminal.say(Terminal.printable(warning.description)) }
        for note in package.notes { Terminal.say("note: \(Terminal.printable(note))") }
        var contentGuard = ContentGuard()
        var names: Set<String> = []
        for exception in allow {
            let rule = ContentGuard.Rule(rawValue: exception.uppercased())
            if ContentGuard.Rule.all.contains(rule) {
                contentGuard.allowedRules.insert(rule)
            } else if package.files.contains(where: { $0.name == exception }) {
                names.insert(exception)
            } else {
                throw UsageError("--allow \(exception): neither a rule nor a file of the plugin")
            }
        }
        try await package.check(contentGuard, allowing: names)
        return package
    }
}

/// A folder for files that are gone when the work is done.
enum ScratchFolder {
    static func with<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "synapse-\(UUID().uuidString)")
            .path(percentEncoded: false)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }
}
