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

    /// By bytes: as characters, a quote or a blank with a combining mark behind it is none.
    private mutating func readDisposition(_ text: String) {
        var rest = Array(text.utf8)[...]
        while let separator = rest.firstIndex(of: UInt8(ascii: ";")) {
            rest = rest[(separator + 1)...].drop(while: Self.isBlank)
            guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return }
            let key = String(decoding: rest[..<equals], as: UTF8.self).trimmingBlanks().lowercased()
            rest = rest[(equals + 1)...]
            let value = Self.readValue(&rest)
            switch key {
            case "name": name = Self.unescape(value)
            case "filename": filename = filename ?? Self.unescape(value)
            case "filename*": filename = Self.decodeExtended(value) ?? filename
            default: continue
            }
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Reads a value, in quotes or bare.
    ///
    /// A quote closes the value only when a semicolon or the end follows: clients differ in how they escape quotes, and
    /// a backslash is an ordinary character to most of them.
    private static func readValue(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard rest.first == UInt8(ascii: "\"") else {
            let value = rest.prefix { $0 != UInt8(ascii: ";") }
            rest = rest[value.endIndex...]
            return value
        }
        let bytes = rest.dropFirst()
        var position = bytes.startIndex
        while let quote = bytes[position...].firstIndex(of: UInt8(ascii: "\"")) {
            let after = bytes[(quote + 1)...].drop(while: isBlank)
            if after.isEmpty || after.first == UInt8(ascii: ";") {
                rest = after
                return bytes[..<quote]
            }
            position = quote + 1
        }
        rest = bytes[bytes.endIndex...]
        return bytes
    }

    /// Undoes the three escapes that browsers and HTTP libraries use, and the older backslash before a quote.
    private static func unescape(_ value: ArraySlice<UInt8>) -> String {
        var result: [UInt8] = []
        var rest = value
        while let byte = rest.first {
            if byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "%"),
                let (escape, meaning) = escapes.first(where: { rest.starts(with: $0.0.utf8) })
            {
                result.append(meaning)
                rest = rest.dropFirst(escape.utf8.count)
            } else {
                result.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static let escapes: [(String, UInt8)] = [
        ("\\\"", UInt8(ascii: "\"")), ("%22", UInt8(ascii: "\"")), ("%0D", UInt8(ascii: "\r")),
        ("%0A", UInt8(ascii: "\n")),
    ]

    private static func decodeExtended(_ value: ArraySlice<UInt8>) -> String? {
        let pieces = String(decoding: value, as: UTF8.self).split(
            separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard pieces.count == 3, pieces[0].lowercased() == "utf-8" else { return nil }
        return PercentCoding.decode(pieces[2])
    }
}

extension StringProtocol {
    func trimmingBlanks() -> String {
        var bytes = Array(utf8)[...].drop { $0 == 0x20 || $0 == 0x09 }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
