#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import SynapseArchive

/// Finds the files of a plugin's folder that go into its archive.
struct PackageFiles {
    private(set) var items: [PluginPackage.File] = []
    private(set) var notes: [String] = []
    private(set) var ignoredCount = 0

    private let root: String
    /// The folder without links, to tell what leads out of it.
    private let realRoot: String
    private let rules: IgnoreRules
    private let limits: ArchiveLimits

    init(folder: String, rules: IgnoreRules, limits: ArchiveLimits) throws(PackageError) {
        root = folder
        self.rules = rules
        self.limits = limits
        realRoot = Self.real(folder)
        notes = rules.notes
        var open = [""]
        while let current = open.popLast() {
            let place = current.isEmpty ? root : "\(root)/\(current)"
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: place) else {
                throw PackageError("the folder \(place) can't be read")
            }
            for name in names.sorted() {
                let path = current.isEmpty ? name : "\(current)/\(name)"
                if rules.ignores(path) {
                    ignoredCount += 1
                } else if try take(path) {
                    open.append(path)
                }
            }
        }
        items.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Takes what stands at a path.
    ///
    /// - Returns: Whether it is a folder to look into.
    private mutating func take(_ name: String) throws(PackageError) -> Bool {
        let path = "\(root)/\(name)"
        guard let attributes = Self.attributes(path) else {
            throw PackageError("the file \(name) is gone, or its name is not UTF-8")
        }
        switch attributes[.type] as? FileAttributeType {
        case .typeDirectory?: return true
        case .typeRegular?: try add(name, path, attributes)
        case .typeSymbolicLink?: try takeLink(name, path)
        default: throw PackageError("\(name) is neither a file nor a folder; leave it out by a line in .synapseignore")
        }
        return false
    }

    private mutating func takeLink(_ name: String, _ path: String) throws(PackageError) {
        let target = Self.real(path)
        guard target.hasPrefix(realRoot + "/") else {
            throw PackageError("the link \(name) leads out of the folder; leave it out by a line in .synapseignore")
        }
        guard let attributes = Self.attributes(target) else {
            throw PackageError("the link \(name) leads nowhere; leave it out by a line in .synapseignore")
        }
        // What is left out by its own name does not come in by another.
        if rules.ignores(String(target.dropFirst(realRoot.count + 1))) {
            throw PackageError("the link \(name) leads to a file that is left out")
        }
        switch attributes[.type] as? FileAttributeType {
        case .typeRegular?: try add(name, target, attributes)
        case .typeDirectory?: notes.append("\(name) is a link to a folder and is left out")
        default: throw PackageError("the link \(name) leads to what is neither a file nor a folder")
        }
    }

    private mutating func add(
        _ name: String, _ path: String, _ attributes: [FileAttributeKey: Any]
    ) throws(PackageError) {
        let byteCount = Int64((attributes[.size] as? Int) ?? 0)
        let mode = (attributes[.posixPermissions] as? Int) ?? 0o644
        if byteCount > limits.entryByteCount {
            throw PackageError("\(name) has \(byteCount) bytes; at most \(limits.entryByteCount) are taken")
        }
        items.append(
            PluginPackage.File(name: name, content: .file(path), byteCount: byteCount, isExecutable: mode & 0o100 != 0))
        if items.count > limits.entryCount {
            throw PackageError(
                "the folder has more than \(limits.entryCount) files; leave some out by lines in .synapseignore")
        }
    }

    private static func attributes(_ path: String) -> [FileAttributeKey: Any]? {
        try? FileManager.default.attributesOfItem(atPath: path)
    }

    /// A path from the root and without links.
    static func real(_ path: String) -> String {
        let resolved = URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.path(percentEncoded: false)
        return resolved.count > 1 && resolved.hasSuffix("/") ? String(resolved.dropLast()) : resolved
    }
}
