/// Where a key of a mapping in block style stands for the second time.
///
/// The YAML library tells the place of the first alone, and keeps no nodes of a document that it refuses.
struct RepeatedKey {
    let line: Int
    let column: Int
    let path: String

    /// Looks below the first one, from 1.
    ///
    /// - Returns: `nil` when the mapping is on one line, or the key is written in an uncommon way.
    init?(_ key: String, after line: Int, column: Int, in text: String) {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        guard line > 0, line <= lines.count, column > 0 else { return nil }
        var found: Int?
        for (index, content) in lines.enumerated().dropFirst(line) {
            guard let indent = Self.indent(content) else { continue }
            if indent < column - 1 { break }
            if indent == column - 1, Self.key(content) == key {
                found = index
                break
            }
        }
        guard let found else { return nil }
        self.line = found + 1
        self.column = column
        var names = [key]
        var limit = column - 1
        for content in lines[..<(line - 1)].reversed() where limit > 0 {
            guard let indent = Self.indent(content), indent < limit, let name = Self.key(content) else { continue }
            names.append(name)
            limit = indent
        }
        path = names.reversed().joined(separator: ".")
    }

    /// How far a line is moved in; `nil` for one without content.
    private static func indent(_ line: Substring) -> Int? {
        let content = line.drop { $0 == " " }
        guard let first = content.first, first != "#" else { return nil }
        return line.count - content.count
    }

    private static func key(_ line: Substring) -> String? {
        let content = line.drop { $0 == " " }
        if let quote = content.first, quote == "\"" || quote == "'" {
            return content.dropFirst().firstIndex(of: quote).map { String(content.dropFirst()[..<$0]) }
        }
        guard let colon = content.firstIndex(of: ":") else { return nil }
        let name = content[..<colon]
        return String(name.prefix { $0 != " " })
    }
}
