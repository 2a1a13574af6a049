import SynapseClient
import Testing

@Suite
struct ConsoleReaderTests {
    /// Reads a body in pieces of every size; the outcome must not depend on where it is cut.
    private static func read(_ form: ConsoleReader.Form, _ text: String) throws -> [[ConsoleReader.Item]] {
        let bytes = Array(text.utf8)
        return try [1, 2, 3, 7, bytes.count].map { size in
            var reader = ConsoleReader(form)
            var items: [ConsoleReader.Item] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                items += try reader.read(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            if let rest = reader.rest() { items.append(.lines([rest], number: nil)) }
            return items
        }
    }

    private static func lines(_ items: [ConsoleReader.Item]) -> [String] {
        items.flatMap { item -> [String] in
            if case .lines(let lines, _, _) = item { lines } else { [] }
        }
    }

    @Test
    func `Plain text is cut at line feeds alone`() throws {
        for items in try Self.read(.plain, "한글\r\n\na\u{2028}b\u{0C}c\rd\nlast") {
            #expect(Self.lines(items) == ["한글", "", "a\u{2028}b\u{0C}c\rd", "last"])
        }
    }

    @Test
    func `Events carry numbers, texts and ends`() throws {
        let body = """
            data: {"type":"connected","job_id":"j"}\n
            : heartbeat\n
            id: 7
            data: {"type":"log","data":"a\\r\\nb\\n","created":"2026-01-02T03:04:05Z"}\n
            event: log
            data:{"type":"log",\r
            data: "data":""}\r
            \r
            data: {"type":"log","data":"data: {\\"type\\":\\"log\\",\\"message\\":\\"c\\\\nd\\\\n\\"}\\n\\ndata: {\\"type\\":\\"complete\\"}\\n"}\n
            data: no json\n
            data: {"type":"error","message":"hub down"}\n
            data: {"type":"complete","message":"done"}\n
            data: {"type":"log","data":"cut
            """
        for items in try Self.read(.events, body) {
            #expect(
                items == [
                    .comment,
                    .lines(["a\r", "b"], number: 7, created: Timestamp(rawValue: "2026-01-02T03:04:05Z")),
                    .lines([""], number: nil),
                    .lines(["c", "d"], number: nil),
                    .lines(["no json"], number: nil), .failure("hub down"), .complete,
                ])
        }
    }

    @Test
    func `A line without an end takes bounded memory`() throws {
        var reader = ConsoleReader(.plain)
        var lengths: [Int] = []
        for _ in 0..<40 {
            for case .lines(let lines, _, _) in try reader.read([UInt8](repeating: 0x61, count: 1 << 20)) {
                lengths += lines.map(\.utf8.count)
            }
        }
        #expect(lengths == [ConsoleReader.longestLine, ConsoleReader.longestLine])
        var events = ConsoleReader(.events)
        #expect(throws: ClientError.self) {
            for _ in 0..<40 { _ = try events.read([UInt8](repeating: 0x61, count: 1 << 20)) }
        }
    }

    @Test
    func `A position skips what was there, by number or by count`() throws {
        var position = ConsolePosition()
        #expect(try position.take(["a"], number: 0) == ["a"])
        #expect(try position.take(["b", "c"], number: 4) == ["b", "c"])
        position.restart()
        #expect(try position.take(["a"], number: 0).isEmpty && position.take(["b", "c"], number: 4).isEmpty)
        #expect(try position.take(["d"], number: 5) == ["d"])
        #expect(position.count == 4 && position.lastNumber == 5)

        var counted = ConsolePosition()
        #expect(try counted.take(["a", "b"], number: nil) == ["a", "b"])
        counted.restart()
        #expect(try counted.take(["a", "b", "c"], number: nil) == ["c"])
        counted.restart()
        #expect(try counted.take(["a"], number: nil).isEmpty)
        #expect(throws: ClientError.self) { try counted.checkEnd() }
        counted.restart()
        #expect(throws: ClientError.self) { try counted.take(["b", "c", "d"], number: nil) }
    }
}
