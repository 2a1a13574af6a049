import SynapseModels
import Yams

/// A place in a YAML document: its value, where it stands, and what leads there.
struct ConfigNode {
    /// The most nodes that are read: an alias can stand for any number of them.
    static let mostNodes = 50_000
    /// Merge keys that are followed from one mapping to the next.
    private static let deepestMerge = 32

    let node: Node
    let path: String

    var line: Int { node.mark?.line ?? 1 }
    var column: Int { node.mark?.column ?? 1 }

    private var tag: Tag.Name { Resolver.default.resolveTag(of: node) }

    var isNull: Bool { node.scalar != nil && tag == .null }

    /// The text of a scalar that YAML reads as text.
    var text: String? {
        guard let scalar = node.scalar else { return nil }
        switch tag {
        case .bool, .int, .float, .null, .timestamp:
            return scalar.style == .plain || scalar.style == .any ? nil : scalar.string
        default: return scalar.string
        }
    }

    /// The scalar as it is written, whatever YAML reads it as.
    var written: String? { node.scalar?.string }

    var elements: [ConfigNode]? {
        node.sequence?.enumerated().map { ConfigNode(node: $1, path: "\(path)[\($0)]") }
    }

    /// The members of a mapping, each with the place of its key; those that a merge key brings come first.
    var members: [(key: String, place: ConfigNode, value: ConfigNode)]? {
        var left = Self.mostNodes
        return node.mapping.map { Self.pairs(of: $0, &left) }?.map { key, value in
            let name = key.scalar?.string ?? "?"
            let below = path.isEmpty ? name : "\(path).\(name)"
            return (name, ConfigNode(node: key, path: below), ConfigNode(node: value, path: below))
        }
    }

    /// The pairs of a mapping and of those that its merge keys (`<<`) name; of two with one key its own counts, then the
    /// first that is named.
    ///
    /// Source: https://yaml.org/type/merge.html, which YAML 1.1 has and the Python SDK's reader knows.
    private static func pairs(
        of mapping: Node.Mapping, _ left: inout Int, depth: Int = 0
    ) -> [(key: Node, value: Node)] {
        var own: [(key: Node, value: Node)] = []
        var merged: [(key: Node, value: Node)] = []
        for (key, value) in mapping {
            left -= 1
            let isMerge = key.scalar != nil && Resolver.default.resolveTag(of: key) == .merge
            guard isMerge, depth < deepestMerge, let sources = mappings(value) else {
                own.append((key, value))
                continue
            }
            for source in sources where left > 0 { merged += pairs(of: source, &left, depth: depth + 1) }
        }
        if merged.isEmpty { return own }
        var known = Set(own.map(\.key))
        return merged.filter { known.insert($0.key).inserted } + own
    }

    /// The mappings that a merge key names: one, or a list of them.
    private static func mappings(_ value: Node) -> [Node.Mapping]? {
        if let mapping = value.mapping { return [mapping] }
        guard let sequence = value.sequence else { return nil }
        let found = sequence.compactMap(\.mapping)
        return found.count == sequence.count ? found : nil
    }

    /// What kind of value it is, for messages.
    var kind: String {
        if node.mapping != nil { return "a mapping" }
        if node.sequence != nil { return "a list" }
        switch tag {
        case .bool: return "a boolean"
        case .int, .float: return "a number"
        case .null: return "nothing"
        case .timestamp: return "a date"
        default: return "text"
        }
    }

    /// The value as JSON, or `nil` when it is larger than a configuration is.
    func json() -> JSONValue? {
        var left = Self.mostNodes
        return Self.json(node, &left)
    }

    private static func json(_ node: Node, _ left: inout Int) -> JSONValue? {
        left -= 1
        guard left > 0 else { return nil }
        if let mapping = node.mapping {
            var object = JSONObject()
            for (key, value) in pairs(of: mapping, &left) {
                guard let value = json(value, &left) else { return nil }
                object[key.scalar?.string ?? "?"] = value
            }
            return .object(object)
        }
        if let sequence = node.sequence {
            var array: [JSONValue] = []
            for element in sequence {
                guard let element = json(element, &left) else { return nil }
                array.append(element)
            }
            return .array(array)
        }
        guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else {
            return .string(node.scalar?.string ?? "")
        }
        switch Resolver.default.resolveTag(of: node) {
        case .bool: return node.bool.map { .bool($0) } ?? .string(scalar.string)
        case .int: return node.int.map { .integer(Int64($0)) } ?? .string(scalar.string)
        case .float:
            guard let number = node.float, number.isFinite else { return .string(scalar.string) }
            return .double(number)
        case .null: return .null
        default: return .string(scalar.string)
        }
    }
}
