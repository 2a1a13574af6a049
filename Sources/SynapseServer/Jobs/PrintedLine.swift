import SynapseModels

/// One line that a job printed, as it is kept.
struct PrintedLine: Sendable, Equatable {
    /// Longer lines are kept in pieces: a program that never ends its line must not become one row of many megabytes.
    static let longestByteCount = 64 << 10

    var text: String
    /// When it was printed.
    var created: String

    /// The lines of a text that ends, or does not end, in a line feed; a carriage return before a line feed goes with it.
    ///
    /// What the database cannot keep, the null character, becomes the replacement character.
    static func lines(of text: String, created: String) -> [PrintedLine] {
        var lines: [PrintedLine] = []
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            var line = bytes[start..<end]
            if end < bytes.count, line.last == UInt8(ascii: "\r") { line = line.dropLast() }
            append(line, created, to: &lines)
            start = end + 1
        }
        if bytes.isEmpty { lines.append(PrintedLine(text: "", created: created)) }
        return lines
    }

    private static func append(_ line: ArraySlice<UInt8>, _ created: String, to lines: inout [PrintedLine]) {
        var rest = line
        repeat {
            var piece = rest.prefix(longestByteCount)
            // A piece ends between two characters.
            while piece.count < rest.count, !piece.isEmpty, rest[piece.endIndex] & 0xC0 == 0x80 {
                piece = piece.dropLast()
            }
            rest = rest[piece.endIndex...]
            var text = String(decoding: piece, as: UTF8.self)
            if piece.contains(0) {
                text = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 }))
            }
            lines.append(PrintedLine(text: text, created: created))
        } while !rest.isEmpty
    }

    /// Reads `console_logs` of a body: a text, an object with `message`, `log` or `content`, or a list of those.
    ///
    /// An object without such a text is kept whole, as its JSON: what a job says is not thrown away.
    static func lines(reading raw: RawJSON, _ errors: inout FieldErrors) -> [PrintedLine] {
        let now = WireTime.now()
        let entries = raw.isArray ? (try? raw.elements()) ?? [] : [raw]
        var lines: [PrintedLine] = []
        for (index, entry) in entries.enumerated() {
            if let text = try? String(reading: entry) {
                lines += Self.lines(of: text, created: now)
            } else if let row = try? entry.row() {
                let text = ["message", "log", "content"].lazy.compactMap { row[$0] }
                    .compactMap { try? String(reading: $0) }.first
                let time = ["datetime", "timestamp", "created"].lazy.compactMap { row[$0] }
                    .compactMap { try? String(reading: $0) }.compactMap(WireTime.normalized).first
                lines += Self.lines(of: text ?? entry.description, created: time ?? now)
            } else {
                errors.add("console_logs", "[\(index)]: Expected a text, or an object with the text as \"message\".")
            }
        }
        return lines
    }
}
