import SynapseClient
import Testing

@Suite(.timeLimit(.minutes(1)))
struct CSVReaderTests {
    @Test
    func `A line of any length takes time by its length`() throws {
        let line = Array(repeating: "\"é\"", count: 300_000).joined(separator: ",")
        #expect(try rows(line) == [Array(repeating: "é", count: 300_000)])
    }

    private func rows(_ text: String) throws -> [[String]] {
        var reader = CSVReader(Array(text.utf8))
        var rows: [[String]] = []
        while let record = try reader.next() { rows.append(record.fields) }
        return rows
    }

    @Test(arguments: [
        ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
        ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
        ("\u{FEFF}a,b\n", [["a", "b"]]),
        ("a,\n,b\n", [["a", ""], ["", "b"]]),
        ("a,", [["a", ""]]),
        ("\n\r\na\n\n", [["a"]]),
        ("\"a,\"\"b\"\"\r\nc\",d\n", [["a,\"b\"\r\nc", "d"]]),
        ("\"\",\"\"\n", [["", ""]]),
        ("é,\u{1F9ED}\n", [["é", "\u{1F9ED}"]]),
        ("", []),
    ])
    func `It reads what RFC 4180 allows`(text: String, expected: [[String]]) throws {
        #expect(try rows(text) == expected)
    }

    @Test(arguments: [
        ("a\n\"b", 2, 1), ("a,b\"c\n", 1, 4), ("\"a\"b\n", 1, 4), ("a\rb", 1, 2), ("\"a\nb\"c", 2, 3),
    ])
    func `It says where something is wrong`(text: String, line: Int, column: Int) throws {
        let problem = #expect(throws: CSVReader.Problem.self) { try rows(text) }
        #expect(problem?.line == line)
        #expect(problem?.column == column)
    }

    @Test func `A record knows its line, also behind a field of several`() throws {
        var reader = CSVReader(Array("a\n\"b\nc\"\nd\n".utf8))
        var lines: [Int] = []
        while let record = try reader.next() { lines.append(record.line) }
        #expect(lines == [1, 2, 4])
    }

    @Test func `Bytes that are not UTF-8 are no text`() {
        var reader = CSVReader(Array("a\n".utf8) + [0x62, 0xFF, 0x0A])
        _ = try? reader.next()
        #expect(throws: CSVReader.Problem.self) { try reader.next() }
    }
}
