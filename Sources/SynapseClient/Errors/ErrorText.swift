/// Text of errors: one line, bounded, without secrets.
package enum ErrorText {
    /// Joins lines, drops control characters and cuts at `limit` characters.
    package static func oneLine(_ text: String, limit: Int = 300) -> String {
        var result = ""
        var count = 0
        var pendingSpace = false
        for character in text {
            let isBreak = character.isWhitespace || character.isNewline
            let isControl = character.unicodeScalars.allSatisfy { $0.value < 0x20 || $0.value == 0x7F }
            if isBreak || isControl {
                pendingSpace = count > 0
                continue
            }
            if count >= limit { return result + "…" }
            if pendingSpace {
                result.append(" ")
                count += 1
                pendingSpace = false
            }
            result.append(character)
            count += 1
        }
        return result
    }

    /// Whether a body is an HTML page, by its type or its first bytes.
    package static func isHTML(contentType: String?, body: [UInt8]) -> Bool {
        if let contentType, contentType.lowercased().contains("text/html") { return true }
        let start = String(decoding: body.prefix(256), as: UTF8.self).drop { $0.isWhitespace }.lowercased()
        return start.hasPrefix("<!doctype html") || start.hasPrefix("<html")
    }

    /// The title of an HTML page, or its first heading, for a message.
    package static func htmlTitle(_ body: [UInt8]) -> String? {
        let text = String(decoding: body.prefix(8192), as: UTF8.self)
        for tag in ["title", "h1"] {
            guard let open = range(of: "<\(tag)", in: text),
                let close = text[open.upperBound...].firstIndex(of: ">")
            else { continue }
            let content = text[text.index(after: close)...].prefix { $0 != "<" }
            let line = oneLine(String(content), limit: 80)
            if !line.isEmpty { return line }
        }
        return nil
    }

    private static func range(of needle: String, in text: String) -> Range<String.Index>? {
        var index = text.startIndex
        while index < text.endIndex {
            let end = text.index(index, offsetBy: needle.count, limitedBy: text.endIndex) ?? text.endIndex
            if text[index..<end].lowercased() == needle { return index..<end }
            index = text.index(after: index)
        }
        return nil
    }
}
