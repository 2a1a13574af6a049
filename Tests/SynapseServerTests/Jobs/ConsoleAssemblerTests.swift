import Testing

@testable import SynapseServer

struct ConsoleAssemblerTests {
    private func lines(_ bytes: [UInt8], pieces size: Int) -> [String] {
        var assembler = ConsoleAssembler(position: 0)
        var lines: [String] = []
        var start = 0
        while start < bytes.count {
            let end = min(start + size, bytes.count)
            lines += assembler.take(JobOutput(bytes: Array(bytes[start..<end]), end: Int64(end))).map(\.text)
            #expect(assembler.position <= Int64(end))
            start = end
        }
        lines += assembler.finish().map(\.text)
        #expect(assembler.position == Int64(bytes.count))
        return lines
    }

    @Test(arguments: [1, 2, 3, 5, 1000])
    func linesDoNotDependOnThePieces(_ size: Int) {
        let bytes = Array("a\n\nbé한\r\nlast".utf8)
        #expect(lines(bytes, pieces: size) == ["a", "", "bé한", "last"])
        #expect(lines(bytes + [0x0A], pieces: size) == ["a", "", "bé한", "last"])
        #expect(lines([0xFF, 0x0A, 0x00], pieces: size) == ["\u{FFFD}", "\u{FFFD}"])
    }

    @Test(arguments: [1000, 65_535, 65_537, 200_000])
    func aLineWithoutEndComesInPiecesBetweenCharacters(_ size: Int) {
        let text = String(repeating: "한", count: 100_000)
        let found = lines(Array(text.utf8), pieces: size)
        #expect(found.joined() == text)
        #expect(found.allSatisfy { $0.utf8.count <= PrintedLine.longestByteCount } && found.count == 5)
    }

    /// A reader that starts at the position finds what was not handed out, and nothing twice.
    @Test func thePositionIsBehindWhatWasHandedOut() {
        let bytes = Array("one\ntwo\nthr".utf8)
        var assembler = ConsoleAssembler(position: 0)
        #expect(assembler.take(JobOutput(bytes: bytes, end: 11)).map(\.text) == ["one", "two"])
        #expect(assembler.position == 8)
        var again = ConsoleAssembler(position: assembler.position)
        #expect(again.take(JobOutput(bytes: Array("three\n".utf8), end: 14)).map(\.text) == ["three"])
        #expect(again.position == 14)
    }
}
