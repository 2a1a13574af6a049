import Testing

@testable import SynapseServer

@Suite struct RayLogDecoderTests {
    private static let log = Array(
        "Runtime env is setting up.\n\u{1A}S\none é\r\u{1A}0d\u{1A}ff\u{1A}\nlong\u{1A}1a\n\u{1A}E-9\nlater".utf8)
    private static let output = Array("one é\r\r".utf8) + [0xFF] + Array("long\u{1A}\n".utf8)

    @Test(arguments: 1...9)
    func readsTheProgramsBytesHoweverTheyAreCut(_ count: Int) {
        var decoder = RayLogDecoder()
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: Self.log.count, by: count) {
            bytes += decoder.decode(Self.log[start..<min(start + count, Self.log.count)])
        }
        #expect(bytes == Self.output)
        #expect(decoder.ending == .code(-9))
    }

    @Test func tellsAProgramThatNeverBegan() {
        var decoder = RayLogDecoder()
        #expect(decoder.decode(Array("ERROR: no matching distribution\n".utf8)).isEmpty)
        #expect(!decoder.hasStarted)
        #expect(decoder.ending == nil)
    }

    @Test func survivesMarksThatMeanNothing() {
        var decoder = RayLogDecoder()
        let bytes = decoder.decode(Array("\u{1A}S\na\u{1A}Q\nb\u{1A}Ewhat\nc\u{1A}0zd\u{1A}".utf8))
        #expect(bytes == Array("abczd".utf8))
        #expect(decoder.ending == nil)
    }

    @Test(arguments: [0, 3, 9, 13, 99] as [Int64])
    func aReaderSkipsWhatIsKnown(_ position: Int64) {
        var reader = RayLogReader(reached: position)
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: Self.log.count, by: 5) {
            for piece in reader.read(Self.log[start..<min(start + 5, Self.log.count)]) {
                bytes += piece.bytes
                #expect(piece.end == position + Int64(bytes.count))
            }
        }
        #expect(bytes == Array(Self.output.dropFirst(Int(position))))
        #expect(reader.reached == max(position, Int64(Self.output.count)))
    }

    @Test func noPieceIsLargerThanAMebibyte() {
        var reader = RayLogReader(reached: 1)
        let pieces = reader.read(Array("\u{1A}S\n".utf8) + [UInt8](repeating: 0x61, count: 5 << 19))
        #expect(pieces.map(\.bytes.count) == [1 << 20, 1 << 20, (1 << 19) - 1])
        #expect(reader.reached == 5 << 19)
    }
}
