/// Makes lines of a run's output, whatever pieces it comes in.
struct ConsoleAssembler: Sendable {
    /// What has come of a line whose end has not.
    private var rest: [UInt8] = []
    private var end: Int64

    /// - Parameter position: How many bytes of the output are kept as lines already.
    init(position: Int64) {
        end = position
    }

    /// The position behind the lines that were handed out.
    var position: Int64 { end - Int64(rest.count) }

    /// Takes a piece of output and answers the lines that are complete by it.
    ///
    /// A line that does not end is handed out in pieces as it grows.
    mutating func take(_ output: JobOutput) -> [PrintedLine] {
        end = output.end
        let created = output.time ?? WireTime.now()
        var lines: [PrintedLine] = []
        rest += output.bytes
        if let last = rest.lastIndex(of: UInt8(ascii: "\n")) {
            lines = PrintedLine.lines(of: String(decoding: rest[...last], as: UTF8.self), created: created)
            rest.removeSubrange(...last)
        }
        var start = 0
        while rest.count - start > PrintedLine.longestByteCount {
            var next = start + PrintedLine.longestByteCount
            // A piece ends between two characters, in text that has any.
            while next > start + PrintedLine.longestByteCount - 4, rest[next] & 0xC0 == 0x80 { next -= 1 }
            lines += PrintedLine.lines(of: String(decoding: rest[start..<next], as: UTF8.self), created: created)
            start = next
        }
        rest.removeSubrange(..<start)
        return lines
    }

    /// The line that the end of the output cuts off.
    mutating func finish() -> [PrintedLine] {
        if rest.isEmpty { return [] }
        defer { rest = [] }
        return PrintedLine.lines(of: String(decoding: rest, as: UTF8.self), created: WireTime.now())
    }
}
