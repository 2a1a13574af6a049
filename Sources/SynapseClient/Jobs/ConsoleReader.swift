import SynapseModels

/// Takes the body of a followed console log apart, in either of its forms.
///
/// Lines end at a line feed and nowhere else, and bytes are decoded a whole line at a time, so that no character is cut.
/// A line that has not ended is kept back: only ``rest()`` gives it out.
///
/// Source: docs/wire-protocol.md, "Following a console log".
package struct ConsoleReader: Sendable {
    /// Longer lines of plain text are given out in pieces; longer events are an error.
    package static let longestLine = 16 << 20

    package enum Form: Sendable {
        case plain
        case events
    }

    package enum Item: Sendable, Equatable {
        /// What was printed, with the number and the time that the server gave it.
        case lines([String], number: Int64?, created: Timestamp? = nil)
        /// The server says that the log is complete.
        case complete
        /// The server says that it cannot go on.
        case failure(String)
        /// A sign of life.
        case comment
    }

    private let form: Form
    private var partial: [UInt8] = []
    private var data: [String] = []
    private var number: Int64?

    package init(_ form: Form) { self.form = form }

    /// Takes the next bytes.
    ///
    /// - Throws: ``ClientError`` coded `responseTooLarge`.
    package mutating func read(_ piece: [UInt8]) throws(ClientError) -> [Item] {
        var items: [Item] = []
        var lines: [String] = []
        var start = piece.startIndex
        while let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
            take(piece[start..<end], &lines, &items)
            start = end + 1
        }
        partial.append(contentsOf: piece[start...])
        if partial.count > Self.longestLine {
            guard form == .plain else {
                throw ClientError(
                    .responseTooLarge, "an event of the console log is longer than \(Self.longestLine) bytes",
                    delivery: .answered)
            }
            while partial.count > Self.longestLine {
                lines.append(String(decoding: partial.prefix(Self.longestLine), as: UTF8.self))
                partial.removeFirst(Self.longestLine)
            }
        }
        if !lines.isEmpty { items.append(.lines(lines, number: nil)) }
        return items
    }

    /// The last line of a text that did not end in a line feed.
    package mutating func rest() -> String? {
        guard form == .plain, !partial.isEmpty else { return nil }
        defer { partial = [] }
        return String(decoding: partial, as: UTF8.self)
    }

    private mutating func take(_ end: ArraySlice<UInt8>, _ lines: inout [String], _ items: inout [Item]) {
        var text: String
        if partial.isEmpty {
            text = String(decoding: Self.withoutReturn(end), as: UTF8.self)
        } else {
            partial.append(contentsOf: end)
            text = String(decoding: Self.withoutReturn(partial[...]), as: UTF8.self)
            partial.removeAll(keepingCapacity: true)
        }
        switch form {
        case .plain: lines.append(text)
        case .events: takeField(&text, &items)
        }
    }

    private static func withoutReturn(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }

    /// Takes a line of an event stream, as the HTML standard, section 9.2.6, reads it.
    private mutating func takeField(_ line: inout String, _ items: inout [Item]) {
        if line.isEmpty {
            if !data.isEmpty { items += Self.items(data.joined(separator: "\n"), number) }
            data = []
            number = nil
        } else if line.utf8.first == UInt8(ascii: ":") {
            items.append(.comment)
        } else {
            let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
            var value = line[colon...].dropFirst()
            if value.utf8.first == UInt8(ascii: " ") { value = value.dropFirst() }
            switch line[..<colon] {
            case "data": data.append(String(value))
            case "id": number = Int64(value)
            default: break
            }
        }
    }

    private static func items(_ text: String, _ number: Int64?) -> [Item] {
        guard let event = try? JSONValue(parsing: text), let type = event["type"]?.stringValue else {
            return [.lines(lines(text), number: number)]
        }
        let message = event["message"]?.stringValue
        switch type {
        case "log":
            let created = event["created"]?.stringValue.flatMap { Timestamp(rawValue: $0) }
            return [.lines(logLines(event["data"]?.stringValue ?? message ?? ""), number: number, created: created)]
        case "complete": return [.complete]
        case "error": return [.failure(message ?? event["data"]?.stringValue ?? "no reason is given")]
        default: return []
        }
    }

    /// The lines of a `log` event: its text, or the agent's own events that the text is made of.
    private static func logLines(_ text: String) -> [String] {
        guard text.hasPrefix("data: ") else { return lines(text) }
        return lines(text).filter { !$0.isEmpty }.flatMap { line -> [String] in
            guard line.hasPrefix("data: ") else { return [line] }
            let inner = String(line.dropFirst(6))
            guard let event = try? JSONValue(parsing: inner), let type = event["type"]?.stringValue else {
                return [inner]
            }
            guard type == "log", let message = event["message"]?.stringValue, !message.isEmpty else { return [] }
            return lines(message)
        }
    }

    /// The lines of a text; a line feed at its end begins no other.
    private static func lines(_ text: String) -> [String] {
        var pieces = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if pieces.count > 1, pieces.last?.isEmpty == true { pieces.removeLast() }
        return pieces.map { String($0) ?? "" }
    }
}
