public import SynapseModels

/// Sorts the files of a folder into data units by a collection's file specifications.
///
/// A file fills the specification that a folder on its way is named after, else the only one whose extensions take it.
/// Files that differ in nothing but specification folder and extension belong to one unit. Nothing is read from disk.
public struct UnitGrouping: Sendable {
    /// The files of one unit.
    public struct Unit: Sendable, Hashable {
        /// What the files of the unit have in common: the path below the folder without specification and extension.
        public var key: String
        /// The files by the names of their specifications.
        public var files: [String: String]

        package init(key: String, files: [String: String]) {
            self.key = key
            self.files = files
        }
    }

    /// A file that belongs to no unit.
    public struct Skipped: Sendable, Hashable {
        /// The file.
        public var path: String
        /// Why, as a word for programs, such as `no_specification`.
        public var code: String
        /// Why, in a few words.
        public var reason: String

        /// Makes an entry.
        public init(path: String, code: String, reason: String) {
            self.path = path
            self.code = code
            self.reason = reason
        }
    }

    /// The units, in the order of their first files.
    public private(set) var units: [Unit] = []
    /// The files that are left over, in order.
    public private(set) var skipped: [Skipped] = []

    /// Sorts files.
    ///
    /// - Parameters:
    ///   - paths: The files, each below `folder`.
    ///   - folder: The folder that was searched.
    ///   - specifications: The collection's file specifications.
    public init(paths: [String], in folder: String, specifications: [FileSpecification]) {
        // By bytes: two spellings of one accented letter are two names on disk.
        var places: [[UInt8]: Int] = [:]
        for path in paths {
            let parts = Self.relative(path, to: folder).split(separator: "/").map(String.init)
            guard let place = Self.place(parts, specifications) else {
                skipped.append(
                    Skipped(
                        path: path, code: "no_specification",
                        reason: "no file specification of the collection takes it"))
                continue
            }
            let key = Array(place.key.utf8)
            let index = places[key] ?? units.count
            if index == units.count {
                places[key] = index
                units.append(Unit(key: place.key, files: [:]))
            }
            if let other = units[index].files[place.specification] {
                let reason = "\(other) fills '\(place.specification)' of the same unit"
                skipped.append(Skipped(path: path, code: "place_taken", reason: reason))
            } else {
                units[index].files[place.specification] = path
            }
        }
        dropIncomplete(required: specifications.filter { $0.isRequired == true }.map(\.name))
    }

    private mutating func dropIncomplete(required: [String]) {
        var complete: [Unit] = []
        for unit in units {
            let missing = required.filter { unit.files[$0] == nil }
            guard !missing.isEmpty else {
                complete.append(unit)
                continue
            }
            let names = missing.map { "'\($0)'" }.joined(separator: ", ")
            for path in unit.files.values.sorted() {
                let reason = "its unit lacks the required \(names)"
                skipped.append(Skipped(path: path, code: "unit_incomplete", reason: reason))
            }
        }
        units = complete
    }

    /// Keeps the units for which a condition holds.
    package mutating func keepUnits(where isWanted: (Unit) -> Bool) { units = units.filter(isWanted) }

    private static func relative(_ path: String, to folder: String) -> Substring {
        path.hasPrefix(folder) ? path.dropFirst(folder.count) : path[...]
    }

    private static func place(
        _ parts: [String], _ specifications: [FileSpecification]
    ) -> (key: String, specification: String)? {
        guard let name = parts.last else { return nil }
        let dot = name.lastIndex(of: ".").flatMap { $0 == name.startIndex ? nil : $0 }
        let stem = dot.map { String(name[..<$0]) } ?? name
        let fileExtension = dot.map { name[name.index(after: $0)...].lowercased() } ?? ""
        let takers = specifications.filter { specification in
            guard let extensions = specification.extensions, !extensions.isEmpty else { return true }
            return extensions.contains { $0.drop { $0 == "." }.lowercased() == fileExtension }
        }
        let folders = parts.dropLast()
        if specifications.count > 1,
            let index = folders.firstIndex(where: { part in takers.contains { $0.name == part } })
        {
            var rest = Array(folders)
            let specification = rest.remove(at: index)
            return ((rest + [stem]).joined(separator: "/"), specification)
        }
        // A specification that names the extension goes before one that takes everything.
        let naming = takers.filter { $0.extensions?.isEmpty == false }
        guard let taker = naming.count == 1 ? naming.first : takers.count == 1 ? takers.first : nil else { return nil }
        // With one kind of file each file is a unit, also next to one of the same name with another extension.
        let last = specifications.count == 1 ? name : stem
        return ((folders + [last]).joined(separator: "/"), taker.name)
    }
}
