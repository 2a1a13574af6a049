/// The relations that a request wants as objects, nested ones with a dot: `task.data_unit`.
struct Relations: Sendable {
    private let names: Set<String>

    init(_ query: QueryParameters) {
        var names: Set<String> = []
        for name in query.list("expand") {
            let parts = name.split(separator: "__").joined(separator: ".").split(separator: ".")
            // What is inside of an object can only be shown with the object.
            for end in parts.indices { names.insert(parts[...end].joined(separator: ".")) }
        }
        self.names = names
    }

    func contains(_ name: String) -> Bool { names.contains(name) }

    /// The relations of the object that a relation is.
    func nested(in name: String) -> Set<String> {
        Set(names.filter { $0.hasPrefix(name + ".") }.map { String($0.dropFirst(name.count + 1)) })
    }

    /// The relations of the row itself.
    var own: Set<String> { names.filter { !$0.contains(".") } }
}
