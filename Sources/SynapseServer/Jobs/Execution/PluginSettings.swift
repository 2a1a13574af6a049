import SynapseArchive
import Yams

/// What the configuration in a release's archive says about running it.
///
/// Whoever publishes leaves it out of what is sent with a release.
/// Source: docs/wire-protocol.md, "Plugin configuration".
struct PluginSettings: Sendable, Equatable {
    private static let names = ["config.yaml", "synapse.yaml"]
    private static let longest = 1 << 20
    private static let mostKeys = 10_000
    private static let deepestMerge = 32

    /// Variables of the program, from `env` and `runtime_env.env_vars`.
    var environment: [String: String] = [:]
    /// `requires.python`.
    var python: String?
    /// The folder of wheels in the archive.
    var wheelsFolder = "wheels"
    /// `pip` or `uv`.
    var packageManager: String?
    /// What is given to the installer besides.
    var installerOptions: [String] = []

    init() {}

    /// Reads the configuration of an archive; blocks.
    ///
    /// An archive that holds none says nothing.
    ///
    /// - Throws: ``JobExecutorError`` coded `.refused` that says what is wrong with it.
    init(archive path: String) throws(JobExecutorError) {
        let bytes: [UInt8]?
        do {
            let archive = try ArchiveReader(path: path)
            bytes = try Self.names.lazy.compactMap { archive[$0] }.first.map { entry in
                try archive.read(entry, upTo: Self.longest)
            }
        } catch {
            throw .refused("The archive of the release cannot be read: \(error)")
        }
        try self.init(yaml: String(decoding: bytes ?? [], as: UTF8.self))
    }

    /// Reads a configuration.
    ///
    /// - Throws: ``JobExecutorError`` coded `.refused` when it is not YAML, or names a folder outside of the archive.
    init(yaml: String) throws(JobExecutorError) {
        let root: Node?
        do {
            root = try compose(yaml: yaml)
        } catch {
            throw .refused("The configuration in the archive is not YAML.")
        }
        for source in [Self.member("env", root), Self.member("env_vars", Self.member("runtime_env", root))] {
            var left = Self.mostKeys
            for (name, value) in Self.members(source, &left) { environment[name] = Self.text(value) }
        }
        python = Self.text(Self.member("python", Self.member("requires", root)))
        if let folder = Self.text(Self.member("wheels_dir", root)), !folder.isEmpty {
            let parts = folder.split(separator: "/").filter { $0 != "." }
            guard !folder.hasPrefix("/"), !parts.contains("..") else {
                throw .refused(
                    "wheels_dir of the configuration, \"\(folder.prefix(200))\", is no folder of the archive.")
            }
            wheelsFolder = parts.joined(separator: "/")
        }
        let manager = Self.text(Self.member("package_manager", root))
        packageManager = manager == "pip" || manager == "uv" ? manager : nil
        installerOptions = Self.member("package_manager_options", root)?.sequence?.compactMap(Self.text) ?? []
    }

    /// The value of a key.
    private static func member(_ key: String, _ node: Node?) -> Node? {
        var left = mostKeys
        return members(node, &left)[key]
    }

    /// The members of a mapping with those that merge keys bring, of which its own and then the first count.
    ///
    /// Merges can multiply and nest: no more keys are looked at than a configuration has.
    private static func members(_ node: Node?, _ left: inout Int, depth: Int = 0) -> [String: Node] {
        var own: [String: Node] = [:]
        var merged: [String: Node] = [:]
        for (key, value) in node?.mapping ?? [:] {
            left -= 1
            guard left > 0, let name = key.scalar?.string else { continue }
            guard name == "<<" else {
                own[name] = value
                continue
            }
            for source in value.sequence.map(Array.init) ?? [value] where left > 0 && depth < deepestMerge {
                merged.merge(members(source, &left, depth: depth + 1)) { first, _ in first }
            }
        }
        return merged.merging(own) { $1 }
    }

    /// A scalar as it is written; `nil` for anything else and for null.
    private static func text(_ node: Node?) -> String? {
        guard let node, let scalar = node.scalar, Resolver.default.resolveTag(of: node) != .null else { return nil }
        return scalar.string
    }
}
