/// The query of a request, in the order in which it was sent.
struct QueryParameters: Sendable {
    let items: [(key: String, value: String)]

    init(_ query: some StringProtocol) {
        items = query.split(separator: "&").map { piece in
            let equals = piece.firstIndex(of: "=") ?? piece.endIndex
            let value = equals == piece.endIndex ? piece[equals...] : piece[piece.index(after: equals)...]
            return (
                PercentCoding.decode(piece[..<equals], plusIsBlank: true) ?? String(piece[..<equals]),
                PercentCoding.decode(value, plusIsBlank: true) ?? String(value)
            )
        }
    }

    /// The value of a key that was sent once; the last one when it was sent again.
    subscript(key: String) -> String? { items.last { $0.key == key }?.value }

    func contains(_ key: String) -> Bool { items.contains { $0.key == key } }

    /// All values of a key as they came, without empty ones.
    func values(_ key: String) -> [String] {
        items.filter { $0.key == key && !$0.value.isEmpty }.map(\.value)
    }

    /// All values of a key: it may be repeated, and each value may be a list with commas.
    func list(_ key: String) -> [String] {
        items.filter { $0.key == key }.flatMap { item in
            item.value.split(separator: ",").map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
        }
    }

    /// Reads `True`, `true`, `1` and their opposites; nil when the text is neither.
    static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "1", "yes": true
        case "false", "0", "no": false
        default: nil
        }
    }

    /// The query with some keys replaced, encoded again.
    func encoded(replacing changes: [(key: String, value: String?)]) -> String {
        var result = items.filter { item in !changes.contains { $0.key == item.key } }
        result += changes.compactMap { change in change.value.map { (change.key, $0) } }
        return result.map { "\(PercentCoding.encode($0.key))=\(PercentCoding.encode($0.value))" }.joined(separator: "&")
    }
}
