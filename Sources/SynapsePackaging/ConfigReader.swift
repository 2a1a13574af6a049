import SynapseModels
import Yams

/// Reads a plugin's configuration and gathers everything that is wrong with it.
struct ConfigReader {
    static let longest = 1 << 20

    let file: String
    /// The files of the plugin, among which the code of its actions must be; `nil` when they are not known.
    let names: Set<String>?
    private(set) var problems: [ConfigProblem] = []

    init(file: String, names: Set<String>? = nil) {
        self.file = file
        self.names = names
    }

    /// Reads a document.
    ///
    /// - Returns: The configuration; what is wrong with it is in ``problems``.
    /// - Throws: ``InvalidConfig`` when there is any error.
    mutating func read(_ bytes: [UInt8]) throws(InvalidConfig) -> PluginConfig {
        let root = try root(bytes)
        let members = root.members ?? []
        check(members, ConfigSchema.keys)
        let values = Dictionary(members.map { ($0.key, $0.value) }) { _, last in last }
        let name = required("name", values, root)
        let code = required("code", values, root)
        if let place = values["code"], let code { checkCode(code, place) }
        let version = values["version"]?.text ?? "0.1.0"
        if let place = values["version"], place.text != nil { checkVersion(version, place) }
        if let python = (values["requires"]?.members ?? []).first(where: { $0.key == "python" })?.value,
            let text = python.text, PythonRequirement(text) == nil
        {
            add(.error, python, "\"\(text)\" does not say versions as \">=3.10\" does")
        }
        let category = values["category"]?.text ?? "custom"
        if category == "neural_net", values["data_type"].map(\.isNull) ?? true {
            add(
                .error, values["category"] ?? root, key: "data_type",
                "a neural_net plugin must say its data_type, such as image")
        }
        let actions = actions(values["actions"], root)
        guard case .object(let document)? = root.json() else {
            add(.error, root, "the document is larger than a configuration is")
            throw failure()
        }
        guard !problems.contains(where: { $0.severity == .error }), let name, let code else { throw failure() }
        return PluginConfig(
            name: name, code: code, version: version, category: category, actions: actions, document: document)
    }

    // MARK: The document

    private mutating func root(_ bytes: [UInt8]) throws(InvalidConfig) -> ConfigNode {
        guard bytes.count <= Self.longest, let text = String(validating: Self.withoutMark(bytes), as: UTF8.self)
        else {
            let reason = bytes.count > Self.longest ? "the file is above 1 MiB" : "the file is not UTF-8"
            problems.append(ConfigProblem(severity: .error, file: file, line: 1, column: 1, key: "", message: reason))
            throw failure()
        }
        do {
            guard let node = try compose(yaml: text) else {
                problems.append(
                    ConfigProblem(
                        severity: .error, file: file, line: 1, column: 1, key: "", message: "the file is empty"))
                throw failure()
            }
            let root = ConfigNode(node: node, path: "")
            if root.members == nil {
                add(.error, root, "a mapping of keys to values is required, not \(root.kind)")
                throw failure()
            }
            return root
        } catch let error as YamlError {
            problems.append(problem(of: error))
        } catch let error as InvalidConfig {
            throw error
        } catch {
            problems.append(
                ConfigProblem(severity: .error, file: file, line: 1, column: 1, key: "", message: "\(error)"))
        }
        throw failure()
    }

    /// Editors of Windows put a mark of the byte order before the text.
    private static func withoutMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    }

    private func problem(of error: YamlError) -> ConfigProblem {
        func at(_ line: Int, _ column: Int, _ message: String) -> ConfigProblem {
            ConfigProblem(severity: .error, file: file, line: line, column: column, key: "", message: message)
        }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let around = context.map { "; \($0.text) that begins in line \($0.mark.line)" } ?? ""
            return at(mark.line, mark.column, "this is not YAML: \(problem)\(around)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.joined(separator: ", ")
            if let key = duplicates.first,
                let second = RepeatedKey(key, after: context.mark.line, column: context.mark.column, in: context.text)
            {
                var found = at(second.line, second.column, "these keys stand twice: \(names)")
                found.key = second.path
                return found
            }
            return at(context.mark.line, context.mark.column, "these keys stand twice: \(names)")
        default:
            return at(1, 1, "this is not YAML: \(error)")
        }
    }

    private func failure() -> InvalidConfig {
        InvalidConfig(problems: problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
    }

    // MARK: Keys and values

    private mutating func check(
        _ members: [(key: String, place: ConfigNode, value: ConfigNode)], _ schema: [String: ConfigSchema.Kind]
    ) {
        for member in members {
            guard let kind = schema[member.key] else {
                let near = ConfigSchema.nearest(to: member.key, in: schema.keys).map { "; did you mean \($0)?" } ?? ""
                add(.warning, member.place, "this key is not known and means nothing\(near)")
                continue
            }
            check(member.value, kind)
        }
    }

    private mutating func check(_ value: ConfigNode, _ kind: ConfigSchema.Kind) {
        if value.isNull { return }
        switch kind {
        case .text:
            if value.text != nil { return }
            let hint = value.written.map { "; write \"\($0)\" in quotes" } ?? ""
            add(.error, value, "text is required, not \(value.kind)\(hint)")
        case .choice(let words):
            guard let text = value.written else {
                return add(.error, value, "one of \(words.joined(separator: ", ")) is required, not \(value.kind)")
            }
            if words.contains(text) { return }
            let near = ConfigSchema.nearest(to: text, in: words).map { "; did you mean \($0)?" } ?? ""
            add(.error, value, "\"\(text)\" is none of \(words.joined(separator: ", "))\(near)")
        case .list(let kind):
            guard let elements = value.elements else {
                return add(.error, value, "a list is required, not \(value.kind)")
            }
            for element in elements { check(element, kind) }
        case .object:
            if value.members == nil { add(.error, value, "a mapping is required, not \(value.kind)") }
        case .members(let schema):
            guard let members = value.members else {
                return add(.error, value, "a mapping is required, not \(value.kind)")
            }
            check(members, schema)
        }
    }

    private mutating func required(_ key: String, _ values: [String: ConfigNode], _ root: ConfigNode) -> String? {
        guard let value = values[key], !value.isNull else {
            add(.error, values[key] ?? root, key: key, "this key is required")
            return nil
        }
        guard let text = value.text else { return nil }
        if text.allSatisfy(\.isWhitespace) {
            add(.error, value, "this must not be empty")
            return nil
        }
        return text
    }

    private mutating func checkCode(_ code: String, _ place: ConfigNode) {
        let isPlain = code.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        if !isPlain { return add(.error, place, "a code is of letters, digits, - _ and .") }
        let isNumber = code.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        if isNumber { return add(.error, place, "digits alone are no code: backends take them for the id of a plugin") }
        if code.hasPrefix("-") || code.hasPrefix("_") || code.hasPrefix(".") {
            return add(.error, place, "a code begins with a letter or a digit")
        }
        if code.utf8.count > 200 { add(.error, place, "a code has at most 200 characters") }
    }

    private mutating func checkVersion(_ version: String, _ place: ConfigNode) {
        if Self.isVersion(version) { return }
        let isPlain = version.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: ".-+_!".utf8.contains(byte)
            }
        }
        guard !version.isEmpty, isPlain, version.utf8.count <= 100 else {
            return add(.error, place, "a version is of letters, digits and . - + _ !, at most 100 of them")
        }
        add(.warning, place, "\"\(version)\" is not of the form X.Y.Z, which later versions of Synapse will require")
    }

    private mutating func actions(_ value: ConfigNode?, _ root: ConfigNode) -> [PluginConfig.Action] {
        guard let value, let members = value.members, !members.isEmpty else {
            if value?.members != nil || value == nil || value?.isNull == true {
                add(.warning, value ?? root, key: "actions", "the plugin has no actions, so that it can't be run")
            }
            return []
        }
        return members.compactMap { name, place, value in
            guard let keys = value.members else {
                add(.error, value, "a mapping is required, not \(value.kind)")
                return nil
            }
            check(keys, ConfigSchema.actionKeys)
            let entrypoint = keys.first { $0.key == "entrypoint" }?.value
            let method = keys.first { $0.key == "method" }?.value.text ?? ConfigSchema.method(of: name)
            if entrypoint?.text?.isEmpty ?? true {
                add(.warning, entrypoint ?? place, "without an entrypoint the action can't be run")
            }
            let action = PluginConfig.Action(name: name, entrypoint: entrypoint?.text, method: method)
            if let entrypoint { check(action, entrypoint) }
            return action
        }
    }

    /// Looks for the code of an action among the plugin's files.
    private mutating func check(_ action: PluginConfig.Action, _ place: ConfigNode) {
        guard let names, let entrypoint = action.entrypoint, !entrypoint.isEmpty else { return }
        if action.isScript {
            if !names.contains(entrypoint) { add(.error, place, "the archive will have no file \(entrypoint)") }
        } else if !Self.modules(of: entrypoint).contains(where: names.contains) {
            add(.warning, place, "no module of \(entrypoint) is among the files")
        }
    }

    /// The files that may hold the module of `a.b:C` or `a.b.C`.
    private static func modules(of entrypoint: String) -> [String] {
        let module: Substring
        if let colon = entrypoint.firstIndex(of: ":") {
            module = entrypoint[..<colon]
        } else if let dot = entrypoint.lastIndex(of: ".") {
            module = entrypoint[..<dot]
        } else {
            return []
        }
        let path = module.split(separator: ".").joined(separator: "/")
        return ["\(path).py", "\(path)/__init__.py"]
    }

    private mutating func add(
        _ severity: ConfigProblem.Severity, _ place: ConfigNode, key: String? = nil, _ message: String
    ) {
        problems.append(
            ConfigProblem(
                severity: severity, file: file, line: place.line, column: place.column, key: key ?? place.path,
                message: message))
    }

    static func isVersion(_ text: String) -> Bool {
        let pieces = text.split(separator: ".", omittingEmptySubsequences: false)
        return pieces.count == 3
            && pieces.allSatisfy { piece in
                !piece.isEmpty && piece.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
                    && (piece == "0" || !piece.hasPrefix("0"))
            }
    }
}
