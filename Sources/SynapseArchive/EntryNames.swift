/// The names of an archive so far: what is no safe name, or stands against an earlier one, is refused.
struct EntryNames {
    /// Files and folders by a form in which twins are equal: letters of either case, composed or not.
    private var files: Set<String> = []
    private var folders: Set<String> = []
    private var namedFolders: Set<String> = []

    static let longestName = 1024
    static let longestComponent = 255
    static let deepest = 64

    /// Takes the next entry's name, which has no `/` at its end.
    mutating func take(_ name: String, isFolder: Bool) throws(ArchiveError) {
        let components = try Self.components(of: name)
        var path = ""
        for component in components.dropLast() {
            path += (path.isEmpty ? "" : "/") + Self.folded(component)
            if files.contains(path) {
                throw ArchiveError(.nameConflict, "a file of the archive stands where it needs a folder", entry: name)
            }
            folders.insert(path)
        }
        path += (path.isEmpty ? "" : "/") + Self.folded(components.last ?? "")
        if isFolder {
            if files.contains(path) || !namedFolders.insert(path).inserted {
                throw ArchiveError(.nameConflict, "the archive has another entry of this name", entry: name)
            }
            folders.insert(path)
            return
        }
        if folders.contains(path) {
            throw ArchiveError(.nameConflict, "a folder of the archive has the same name", entry: name)
        }
        if !files.insert(path).inserted {
            throw ArchiveError(
                .nameConflict, "the archive has another entry of this name, or one that differs only in case or form",
                entry: name)
        }
    }

    /// The components of a name that is safe to make below a folder.
    static func components(of name: String) throws(ArchiveError) -> [String] {
        func refuse(_ reason: String) -> ArchiveError { ArchiveError(.unsafeName, reason, entry: name) }
        if name.isEmpty { throw refuse("it has no name") }
        if name.utf8.count > longestName { throw refuse("its name is above \(longestName) bytes") }
        for byte in name.utf8 where byte < 0x20 || byte == 0x7F { throw refuse("its name has control characters") }
        if name.utf8.contains(UInt8(ascii: "\\")) { throw refuse("its name has a backslash") }
        if name.utf8.first == UInt8(ascii: "/") { throw refuse("its name is an absolute path") }
        if name.utf8.dropFirst().first == UInt8(ascii: ":") { throw refuse("its name starts with a drive letter") }
        let components = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            String(Substring($0))
        }
        if components.count > deepest { throw refuse("it is more than \(deepest) folders deep") }
        for component in components {
            switch component {
            case "..": throw refuse("its name leads out of the folder")
            case ".", "": throw refuse("its name has an empty component or '.'")
            default: break
            }
            if component.utf8.count > longestComponent {
                throw refuse("a component of its name is above \(longestComponent) bytes")
            }
        }
        return components
    }

    /// Strings compare by canonical equivalence, so that only case needs folding.
    private static func folded(_ component: String) -> String {
        component.uppercased().lowercased()
    }
}
