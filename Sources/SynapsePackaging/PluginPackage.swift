import Crypto
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
public import SynapseArchive
public import SynapseClient
import SynapseModels

/// A plugin that is to be published: its configuration and its files.
public struct PluginPackage: Sendable {
    /// A file of the archive.
    public struct File: Sendable {
        /// The path below the plugin's folder.
        public var name: String
        /// Its bytes.
        public var content: ArchiveWriter.Item.Content
        /// How many bytes.
        public var byteCount: Int64
        /// Whether it may be run.
        public var isExecutable: Bool

        /// Makes a file.
        public init(name: String, content: ArchiveWriter.Item.Content, byteCount: Int64, isExecutable: Bool = false) {
            self.name = name
            self.content = content
            self.byteCount = byteCount
            self.isExecutable = isExecutable
        }
    }

    /// What was written.
    public struct Archive: Sendable {
        /// Bytes of the archive.
        public var byteCount: Int64
        /// The SHA-256 of the archive in hexadecimal digits.
        public var sha256: String
        /// The MD5 of the archive in hexadecimal digits, which backends say of a release.
        public var md5: String
    }

    /// The names that a configuration may have, the first that is there counts.
    public static let configNames = ["config.yaml", "synapse.yaml"]

    /// The limits of a plugin's archive.
    public static let limits = ArchiveLimits(entryCount: 10_000, totalByteCount: 1 << 30, entryByteCount: 512 << 20)

    /// The configuration.
    public var config: PluginConfig
    /// The files, ordered by the bytes of their names.
    public var files: [File]
    /// What is odd about the configuration.
    public var warnings: [ConfigProblem]
    /// What is odd about the files.
    public var notes: [String] = []
    /// How many files and folders were left out by a pattern.
    public var ignoredCount = 0

    /// Bytes of all files.
    public var byteCount: Int64 { files.reduce(0) { $0 + $1.byteCount } }

    // MARK: Reading

    /// Reads a plugin's folder.
    ///
    /// - Parameter folder: The folder.
    /// - Returns: What would be published.
    /// - Throws: ``InvalidConfig`` or ``PackageError``.
    public static func read(folder: String) throws -> PluginPackage {
        guard let configName = configNames.first(where: { FileManager.default.fileExists(atPath: "\(folder)/\($0)") })
        else {
            throw PackageError("there is no \(configNames.joined(separator: " or ")) in \(folder)")
        }
        let path = "\(folder)/\(configName)"
        guard let data = FileManager.default.contents(atPath: path) else { throw PackageError("\(path) can't be read") }
        func text(_ name: String) -> String? {
            FileManager.default.contents(atPath: "\(folder)/\(name)").map { String(decoding: $0, as: UTF8.self) }
        }
        let rules = IgnoreRules(gitignore: text(".gitignore"), synapseignore: text(".synapseignore"))
        let found = try PackageFiles(folder: folder, rules: rules, limits: limits)
        var reader = ConfigReader(file: path, names: Set(found.items.map(\.name)))
        let config = try reader.read(Array(data))
        var package = PluginPackage(config: config, files: found.items, warnings: reader.problems)
        package.notes = found.notes
        package.ignoredCount = found.ignoredCount
        try package.check(configName: configName)
        return package
    }

    /// Makes a package of files that the program carries.
    ///
    /// - Parameter contents: The bytes of each file by its name, with a `config.yaml` among them.
    /// - Returns: The package.
    /// - Throws: ``InvalidConfig`` or ``PackageError``.
    public static func make(of contents: [String: [UInt8]]) throws -> PluginPackage {
        var reader = ConfigReader(file: configNames[0], names: Set(contents.keys))
        let config = try reader.read(contents[configNames[0]] ?? [])
        let files = contents.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { name, bytes in
            File(name: name, content: .bytes(bytes), byteCount: Int64(bytes.count))
        }
        let package = PluginPackage(config: config, files: files, warnings: reader.problems)
        try package.check(configName: configNames[0])
        return package
    }

    private init(config: PluginConfig, files: [File], warnings: [ConfigProblem]) {
        self.config = config
        self.files = files
        self.warnings = warnings
    }

    private func check(configName: String) throws {
        guard files.contains(where: { $0.name == configName }) else {
            throw PackageError("\(configName) is left out by a pattern of .gitignore or .synapseignore")
        }
        if byteCount > Self.limits.totalByteCount {
            throw PackageError(
                "the files have \(byteCount) bytes; at most \(Self.limits.totalByteCount) are taken; "
                    + "leave some out by lines in .synapseignore")
        }
    }

    /// Leaves out the file at a path, if it is one of the plugin's: an archive does not hold its predecessor.
    public mutating func leaveOut(_ path: String) {
        let target = PackageFiles.real(path)
        files.removeAll { file in
            if case .file(let path) = file.content { PackageFiles.real(path) == target } else { false }
        }
    }

    // MARK: Writing

    /// Looks for what must not leave this machine: keys and credentials.
    ///
    /// A plugin is code, so that programs and scripts are no findings.
    ///
    /// - Parameters:
    ///   - contentGuard: The guard, with the caller's exceptions.
    ///   - allowedNames: Files that are not looked at, by their names in the plugin's folder.
    /// - Throws: `ClientError` coded `unsafeContent`.
    public func check(_ contentGuard: ContentGuard, allowing allowedNames: Set<String> = []) async throws {
        var rules = contentGuard
        rules.allowedRules.formUnion([.executable, .typeMismatch, .scriptInjection])
        var refusals: [(name: String, error: ClientError)] = []
        for file in files where !allowedNames.contains(file.name) {
            guard case .file(let path) = file.content else { continue }
            try Task.checkCancellation()
            do {
                try rules.check(FileSource(path: path))
            } catch let error as ClientError where error.code == .unsafeContent {
                refusals.append((file.name, error))
            }
        }
        // Who has to leave out ten files wants to know it at once.
        guard let first = refusals.first?.error else { return }
        let lines = refusals.map { name, error in
            "\(name): \((error.underlying as? UnsafeContent)?.description ?? error.message)"
        }
        var context = ClientError.Context()
        if refusals.count == 1 { context.file = refusals[0].name }
        throw ClientError(
            .unsafeContent,
            "the archive would hold what must not leave this machine: \(lines.joined(separator: "; ")); leave it out by a "
                + "line in .synapseignore, or allow the rule or the file by these names",
            context: context, underlying: first.underlying)
    }

    /// Writes the archive.
    ///
    /// - Parameter path: Where to.
    /// - Returns: Its size and digests.
    /// - Throws: `ArchiveError`, or `CancellationError`.
    @concurrent
    public func write(to path: String) async throws -> Archive {
        _ = try ArchiveWriter.write(
            files.map { .init(name: $0.name, content: $0.content, isExecutable: $0.isExecutable) }, to: path,
            limits: Self.limits)
        let data = try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
        return Archive(
            byteCount: Int64(data.count), sha256: Hexadecimal.text(SHA256.hash(data: data)),
            md5: Hexadecimal.text(Insecure.MD5.hash(data: data)))
    }
}
