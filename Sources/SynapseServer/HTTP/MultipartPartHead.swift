/// What the headers of one multipart part say.
struct MultipartPartHead: Equatable, Sendable {
    /// The field's name; empty when the part has none.
    var name = ""
    /// The client's name of the file; nil when the part is no file.
    var filename: String?
    /// The part's content type; clients leave it out as a rule.
    var contentType: String?

    init(name: String = "", filename: String? = nil, contentType: String? = nil) {
        self.name = name
        self.filename = filename
        self.contentType = contentType
    }

    init(headerText: String) {
        for line in headerText.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmingBlanks()
            switch line[..<colon].trimmingBlanks().lowercased() {
            case "content-disposition": readDisposition(value)
            case "content-type": contentType = value
            default: continue
            }
        }
    }

    private mutating func readDisposition(_ text: String) {
        var rest = Substring(text)
        while let separator = rest.firstIndex(of: ";") {
            rest = rest[rest.index(after: separator)...].drop { $0 == " " || $0 == "\t" }
            guard let equals = rest.firstIndex(of: "=") else { return }
            let key = rest[..<equals].trimmingBlanks().lowercased()
            rest = rest[rest.index(after: equals)...]
            let value = Self.readValue(&rest)
            switch key {
            case "name": name = Self.unescape(value)
            case "filename": filename = filename ?? Self.unescape(value)
            case "filename*": filename = Self.decodeExtended(value) ?? filename
            default: continue
            }
        }
    }

    /// Reads a value, in quotes or bare.
    ///
    /// A quote closes the value only when a semicolon or the end follows: clients differ in how they escape quotes, and
    /// a backslash is an ordinary character to most of them.
    private static func readValue(_ rest: inout Substring) -> Substring {
        guard rest.first == "\"" else {
            let value = rest.prefix { $0 != ";" }
            rest = rest[value.endIndex...]
            return value
        }
        let start = rest.index(after: rest.startIndex)
        var position = start
        while let quote = rest[position...].firstIndex(of: "\"") {
            let after = rest[rest.index(after: quote)...].drop { $0 == " " || $0 == "\t" }
            if after.isEmpty || after.first == ";" {
                rest = after
                return rest.base[start..<quote]
            }
            position = rest.index(after: quote)
        }
        let value = rest[start...]
        rest = rest[rest.endIndex...]
        return value
    }

    /// Undoes the three escapes that browsers and HTTP libraries use, and the older backslash before a quote.
    private static func unescape(_ value: Substring) -> String {
        String(value)
            .replacing("\\\"", with: "\"").replacing("%22", with: "\"")
            .replacing("%0D", with: "\r").replacing("%0A", with: "\n")
    }

    private static func decodeExtended(_ value: Substring) -> String? {
        let pieces = value.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard pieces.count == 3, pieces[0].lowercased() == "utf-8" else { return nil }
        return PercentCoding.decode(pieces[2])
    }
}

extension StringProtocol {
    func trimmingBlanks() -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}

extension String {
    fileprivate func replacing(_ wanted: String, with replacement: String) -> String {
        guard !wanted.isEmpty, contains(wanted[wanted.startIndex]) else { return self }
        var result = ""
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(wanted) {
                result += replacement
                rest = rest.dropFirst(wanted.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result
    }
}
