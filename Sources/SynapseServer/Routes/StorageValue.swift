import SynapseModels

/// Checks members of a storage's configuration; what is wrong is said without the value, which may be a secret.
enum StorageValue {
    static let addressRule = "Enter an address that begins with http:// or https:// and has no user in it."

    /// What is wrong with a configuration, one sentence for each member.
    static func problems(_ configuration: JSONObject, of provider: StorageProvider) -> [String] {
        guard let keys = provider.keys else { return [] }
        var problems: [String] = []
        for key in keys.keys {
            if let value = configuration[key.name], !value.isNull {
                if let problem = problem(value, key) { problems.append("\(key.name): \(problem)") }
            } else if key.isRequired {
                problems.append("\(key.name): This field is required.")
            }
        }
        for choices in keys.alternatives where !choices.contains(where: { isComplete($0, configuration) }) {
            let words = choices.map { $0.sorted().joined(separator: " and ") }.joined(separator: ", or ")
            problems.append("One of these is required: \(words).")
        }
        return problems
    }

    /// Whether all of some members are there and not empty.
    static func isComplete(_ names: Set<String>, _ configuration: JSONObject) -> Bool {
        names.allSatisfy { name in
            guard let value = configuration[name], !value.isNull else { return false }
            return value.stringValue != ""
        }
    }

    private static func problem(_ value: JSONValue, _ key: StorageKey) -> String? {
        switch key.kind {
        case .text: textProblem(value, isRequired: key.isRequired)
        case .host: isHost(value.stringValue ?? "") ? nil : "Enter the name or the address of a machine."
        case .fullHost:
            isHost(value.stringValue ?? "") && (value.stringValue ?? "").contains { $0 == "." || $0 == ":" }
                ? nil : "Enter an IP address or a full host name."
        case .address: isAddress(value.stringValue ?? "") ? nil : addressRule
        case .integer(let range):
            (value.integerValue ?? value.stringValue.flatMap { Int64($0) }).map(range.contains) ?? false
                ? nil : "Enter an integer from \(range.lowerBound) to \(range.upperBound)."
        case .boolean: value.boolValue == nil ? "Must be a valid boolean." : nil
        case .word(let words):
            words.contains(value.stringValue ?? "") ? nil : "Enter one of \(words.joined(separator: ", "))."
        case .object: value.objectValue == nil ? "Value must be an object." : nil
        case .textOrObject: value.objectValue == nil ? textProblem(value, isRequired: key.isRequired) : nil
        }
    }

    private static func textProblem(_ value: JSONValue, isRequired: Bool) -> String? {
        guard let text = value.stringValue else { return "Not a valid string." }
        if text.isEmpty, isRequired { return "This field may not be blank." }
        return text.utf8.contains(0) ? "Null characters are not allowed." : nil
    }

    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 255
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x3A, 0x5B, 0x5D, 0x5F: true
                default: byte >= 0x80
                }
            }
    }

    static func isAddress(_ text: String) -> Bool {
        guard let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }) else {
            return false
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { !"/?#\\".contains($0) }
        return !authority.isEmpty && !authority.contains("@")
            && rest.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    }

    /// A value that is no secret as anybody may see it: an address without its query, which may hold a token.
    static func shown(_ value: JSONValue, _ kind: StorageKey.Kind) -> JSONValue {
        guard kind == .address, let text = value.stringValue else { return value }
        return .string(String(text.prefix { $0 != "?" && $0 != "#" }))
    }
}
