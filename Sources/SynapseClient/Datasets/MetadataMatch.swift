/// Finds the unit that each row of a metadata file is about.
package struct MetadataMatch: Sendable {
    /// A row that is about no unit, and why.
    package struct Unused: Sendable {
        package var entry: DatasetMetadata.Entry
        package var code: String
        package var reason: String
    }

    /// Where a name leads.
    private enum Target {
        case unit(Int)
        case several
    }

    /// The rows by the place of their unit.
    package private(set) var entries: [Int: DatasetMetadata.Entry] = [:]
    package private(set) var unused: [Unused] = []

    /// Matches rows to units; `relative` gives the path of a file below the folder.
    package init(_ metadata: DatasetMetadata, _ units: some Sequence<UnitGrouping.Unit>, relative: (String) -> String) {
        // Names in the order of their rank: the whole path, the path without extension, the name, the name without it.
        var names: [[PathKey: Target]] = Array(repeating: [:], count: 4)
        // The same in any spelling of accented letters: a system may store another than people type.
        var spelled: [[String: Target]] = names.map { _ in [:] }
        for (index, unit) in units.enumerated() {
            for path in unit.files.values {
                for (rank, name) in Self.names(of: relative(path)).enumerated() {
                    names[rank][PathKey(name)] = Self.joined(names[rank][PathKey(name)], index)
                    spelled[rank][name] = Self.joined(spelled[rank][name], index)
                }
            }
        }
        for entry in metadata.entries {
            let file = entry.file.hasPrefix("./") ? String(entry.file.dropFirst(2)) : entry.file
            if file.hasPrefix("/") || file.split(separator: "/").contains("..") {
                refuse(entry, "metadata_outside", "\(entry.place) of the metadata names a path outside of the folder")
                continue
            }
            let key = PathKey(file)
            switch names.lazy.compactMap({ $0[key] }).first ?? spelled.lazy.compactMap({ $0[file] }).first {
            case nil:
                refuse(entry, "metadata_without_file", "\(entry.place) of the metadata names no file that is uploaded")
            case .several?:
                refuse(entry, "metadata_ambiguous", "\(entry.place) of the metadata names more than one file")
            case .unit(let index)?:
                if let other = entries[index] {
                    refuse(entry, "metadata_twice", "\(entry.place) is about the same unit as \(other.place)")
                } else {
                    entries[index] = entry
                }
            }
        }
    }

    private mutating func refuse(_ entry: DatasetMetadata.Entry, _ code: String, _ reason: String) {
        unused.append(Unused(entry: entry, code: code, reason: reason))
    }

    private static func joined(_ target: Target?, _ index: Int) -> Target {
        switch target {
        case nil: .unit(index)
        case .unit(let other)?: other == index ? .unit(index) : .several
        case .several?: .several
        }
    }

    private static func names(of path: String) -> [String] {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return [path, stem(path), name, stem(name)]
    }

    private static func stem(_ path: String) -> String {
        let start = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
        guard let dot = path[start...].lastIndex(of: "."), dot > start else { return path }
        return String(path[..<dot])
    }
}
