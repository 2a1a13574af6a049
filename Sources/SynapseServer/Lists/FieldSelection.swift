import SynapseModels

/// Which members of a row are wanted: `fields` of the query, or all.
struct FieldSelection: Sendable {
    static let all = FieldSelection(names: nil)

    let names: Set<String>?

    init(names: Set<String>?) {
        self.names = names
    }

    init(_ query: QueryParameters) {
        let list = query.list("fields")
        names = list.isEmpty ? nil : Set(list)
    }

    func contains(_ name: String) -> Bool { names?.contains(name) ?? true }
}

extension JSONWriter {
    /// Writes a member if it is wanted.
    mutating func member(_ key: String, _ selection: FieldSelection, _ value: @autoclosure () -> some JSONWritable) {
        if selection.contains(key) { member(key, value()) }
    }
}

extension RawJSON {
    /// JSON text of our own database.
    init(stored text: String) {
        self.init(trusted: Array(text.utf8))
    }
}
