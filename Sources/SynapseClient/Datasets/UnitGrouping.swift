public import SynapseModels

/// Sorts the files of a folder into data units by a collection's file specifications.
///
/// A file fills the specification that a folder on its way is named after, else the only one whose extensions take it. A
/// specification without extensions takes what its file type does not speak against. Files that differ in nothing but
/// specification folder and extension belong to one unit. Nothing is read from disk.
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

    /// The units of a grouping, each made when it is asked for: a large folder costs little more than its names.
    public struct Units: Sendable, RandomAccessCollection {
        fileprivate static let none = UInt32.max

        fileprivate var paths = PathList()
        fileprivate var folder = ""
        fileprivate var rules = Rules([])
        /// The first file of each unit.
        fileprivate var first: [UInt32] = []
        /// By file: the next file of the same unit.
        fileprivate var next: [UInt32] = []
        /// By file: the place of its specification.
        fileprivate var specification: [UInt32] = []

        /// Makes a list of no units.
        public init() {}

        /// The first place.
        public var startIndex: Int { 0 }
        /// The place behind the last unit.
        public var endIndex: Int { first.count }

        /// The unit at a place.
        public subscript(position: Int) -> Unit {
            var unit = Unit(key: "", files: [:])
            for file in files(of: first[position]) {
                unit.files[rules.names[Int(specification[file])]] = paths[file]
            }
            unit.key = (try? rules.place(UnitGrouping.relative(paths[Int(first[position])], to: folder)).key) ?? ""
            return unit
        }

        /// The places in the list of paths of the unit that begins with a file.
        fileprivate func files(of first: UInt32) -> some Sequence<Int> {
            sequence(first: Int(first)) { file in next[file] == Self.none ? nil : Int(next[file]) }
        }
    }

    /// The units, in the order of their first files.
    public private(set) var units = Units()
    /// The files that are left over, in order.
    public private(set) var skipped: [Skipped] = []

    /// Sorts files.
    ///
    /// - Parameters:
    ///   - paths: The files, each below `folder`.
    ///   - folder: The folder that was searched.
    ///   - specifications: The collection's file specifications.
    public init(paths: PathList, in folder: String, specifications: [FileSpecification]) {
        let rules = Rules(specifications)
        units.paths = paths
        units.folder = folder
        units.rules = rules
        units.next = Array(repeating: Units.none, count: paths.count)
        units.specification = Array(repeating: 0, count: paths.count)
        // By bytes: two spellings of one accented letter are two names on disk.
        var known: [[UInt8]: UInt32] = [:]
        for (file, path) in paths.enumerated() {
            let place: Place
            do throws(Refusal) {
                place = try rules.place(Self.relative(path, to: folder))
            } catch {
                skipped.append(Skipped(path: path, code: error.code, reason: error.reason))
                continue
            }
            units.specification[file] = UInt32(place.specification)
            // With one specification each file is a unit.
            let other = specifications.count == 1 ? nil : known[Array(place.key.utf8)]
            guard let first = other else {
                if specifications.count > 1 { known[Array(place.key.utf8)] = UInt32(file) }
                units.first.append(UInt32(file))
                continue
            }
            var last = Int(first)
            var taken: Int?
            for member in units.files(of: first) {
                last = member
                if units.specification[member] == units.specification[file] { taken = member }
            }
            if let taken {
                let reason = "\(paths[taken]) fills '\(rules.names[place.specification])' of the same unit"
                skipped.append(Skipped(path: path, code: "place_taken", reason: reason))
            } else {
                units.next[last] = UInt32(file)
            }
        }
        dropIncomplete(required: specifications.indices.filter { specifications[$0].isRequired == true })
    }

    private mutating func dropIncomplete(required: [Int]) {
        var complete: [UInt32] = []
        for first in units.first {
            let given = Set(units.files(of: first).map { Int(units.specification[$0]) })
            let missing = required.filter { !given.contains($0) }
            guard !missing.isEmpty else {
                complete.append(first)
                continue
            }
            let names = missing.map { "'\(units.rules.names[$0])'" }.joined(separator: ", ")
            for path in units.files(of: first).map({ units.paths[$0] }).sorted() {
                let reason = "its unit lacks the required \(names)"
                skipped.append(Skipped(path: path, code: "unit_incomplete", reason: reason))
            }
        }
        units.first = complete
    }

    /// Keeps the units for which a condition holds.
    ///
    /// - Returns: The places that they had.
    package mutating func keepUnits(where isWanted: (Unit) -> Bool) -> [Int] {
        let kept = units.indices.filter { isWanted(units[$0]) }
        units.first = kept.map { units.first[$0] }
        return kept
    }

    private static func relative(_ path: String, to folder: String) -> Substring {
        path.hasPrefix(folder) ? path.dropFirst(folder.count) : path[...]
    }

    /// Where a file belongs: the key of its unit and the place of its specification.
    fileprivate struct Place {
        var key: String
        var specification: Int
    }

    /// Why a file belongs to no unit.
    fileprivate struct Refusal: Error {
        var code: String
        var reason: String
    }

    /// What the specifications of a collection take.
    fileprivate struct Rules: Sendable {
        let names: [String]
        private let types: [FileType?]
        /// By specification: the extensions that it takes, in lower case and without dots; none leaves it to the type.
        private let extensions: [Set<String>]

        init(_ specifications: [FileSpecification]) {
            names = specifications.map(\.name)
            types = specifications.map(\.fileType)
            extensions = specifications.map { Set(($0.extensions ?? []).map { $0.drop { $0 == "." }.lowercased() }) }
        }

        func place(_ path: Substring) throws(Refusal) -> Place {
            let parts = path.split(separator: "/")
            guard let name = parts.last else { throw Refusal(code: "no_specification", reason: "it has no name") }
            let dot = name.lastIndex(of: ".").flatMap { $0 == name.startIndex ? nil : $0 }
            let fileExtension = dot.map { name[name.index(after: $0)...].lowercased() } ?? ""
            let stem = dot.map { name[..<$0] } ?? name
            let folders = parts.dropLast()
            let ranks = names.indices.map { rank($0, fileExtension) }
            if names.count > 1 {
                for (index, folder) in folders.enumerated() {
                    guard let taker = names.indices.first(where: { ranks[$0] > 0 && names[$0] == folder }) else {
                        continue
                    }
                    var rest = Array(folders)
                    rest.remove(at: index)
                    return Place(key: (rest + [stem]).joined(separator: "/"), specification: taker)
                }
            }
            let best = ranks.max() ?? 0
            let takers = best == 0 ? [] : names.indices.filter { ranks[$0] == best }
            guard let taker = takers.first else {
                throw Refusal(code: "no_specification", reason: "no file specification of the collection takes it")
            }
            guard takers.count == 1 else {
                let several = takers.map { "'\(names[$0])'" }.joined(separator: ", ")
                throw Refusal(
                    code: "several_specifications",
                    reason:
                        "the file specifications \(several) all take it; put it into a folder named after one of them")
            }
            // With one kind of file each file is a unit, also next to one of the same name with another extension.
            return Place(
                key: (folders + [names.count == 1 ? name : stem]).joined(separator: "/"), specification: taker)
        }

        /// How well a specification fits an extension: 0 not at all, 3 by name.
        private func rank(_ specification: Int, _ fileExtension: String) -> Int {
            guard extensions[specification].isEmpty else {
                return extensions[specification].contains(fileExtension) ? 3 : 0
            }
            guard let type = types[specification], type.isKnown, type != .data,
                let fitting = Self.types(of: fileExtension)
            else { return 1 }
            return fitting.contains(type) ? 2 : 0
        }

        /// The file types that an extension goes with; `nil` for one that says nothing.
        private static func types(of fileExtension: String) -> [FileType]? {
            if ["pcd", "ply", "las", "laz", "e57", "xyz"].contains(fileExtension) { return [.pcd] }
            guard let media = MediaType.guess("file." + fileExtension) else { return nil }
            switch media.prefix(while: { $0 != "/" }) {
            case "image": return [.image]
            case "video": return [.video]
            case "audio": return [.audio]
            default: return [.text, .pcd]
            }
        }
    }
}
