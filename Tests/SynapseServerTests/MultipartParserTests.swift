import NIOCore
import SynapseModels
import Testing

@testable import SynapseServer

@Suite struct MultipartParserTests {
    private static let content = Array("line\r\n--b0undar\r\n\r--b0undary is not here\r\r\n-".utf8)

    private static var body: [UInt8] {
        Array("preamble\r\n".utf8)
            + TestClient.multipart(
                [("filename", "größe.bin"), ("empty", "")], file: content, filename: "a%22b;c\\.bin")
            + Array("epilogue".utf8)
    }

    /// What a parser finds in a body that arrives in two pieces.
    private static func parts(splitAt position: Int) throws -> [(MultipartPartHead, [UInt8])] {
        var parser = MultipartParser(boundary: "b0undary")
        var parts: [(MultipartPartHead, [UInt8])] = []
        for piece in [body[..<position], body[position...]] {
            parser.feed(ByteBuffer(bytes: piece))
            while let event = try parser.next() {
                switch event {
                case .part(let head): parts.append((head, []))
                case .data(let bytes): parts[parts.count - 1].1 += Array(buffer: bytes)
                case .partEnd, .end: break
                }
            }
        }
        try parser.finish()
        return parts
    }

    @Test func aBodyIsReadTheSameWhereverItIsSplit() throws {
        for position in 0...Self.body.count {
            let parts = try Self.parts(splitAt: position)
            try #require(parts.count == 3, "split at \(position)")
            #expect(parts[0].0.name == "filename" && parts[0].1 == Array("größe.bin".utf8), "split at \(position)")
            #expect(parts[1].1.isEmpty, "split at \(position)")
            #expect(parts[2].0.filename == "a\"b;c\\.bin", "split at \(position)")
            #expect(parts[2].1 == Self.content, "split at \(position)")
        }
    }

    @Test func aBodyIsReadTheSameByteByByte() throws {
        var parser = MultipartParser(boundary: "b0undary")
        var bytes: [UInt8] = []
        var isFile = false
        for byte in Self.body {
            parser.feed(ByteBuffer(bytes: [byte]))
            while let event = try parser.next() {
                if case .part(let head) = event { isFile = head.name == "file" }
                if case .data(let data) = event, isFile { bytes += Array(buffer: data) }
            }
        }
        try parser.finish()
        #expect(bytes == Self.content)
    }

    @Test func aBodyThatIsCutAnywhereIsRefused() throws {
        let whole = TestClient.multipart(file: [1, 2, 3])
        for length in 0..<(whole.count - 4) {
            var parser = MultipartParser(boundary: "b0undary")
            parser.feed(ByteBuffer(bytes: whole[..<length]))
            while try parser.next() != nil {}
            #expect(throws: MultipartParser.Failure.self, "cut at \(length)") { try parser.finish() }
        }
    }

    @Test(arguments: [
        (#"form-data; name="file"; filename="a.jpg""#, "file", "a.jpg"),
        (#"form-data; name=file; filename=a.jpg"#, "file", "a.jpg"),
        (#"form-data; name="file"; filename="a\"b.jpg""#, "file", #"a"b.jpg"#),
        (#"form-data; name="file"; filename="dir\""#, "file", #"dir\"#),
        (#"form-data; name="file"; filename="x"; filename*=UTF-8''%E2%82%AC.png"#, "file", "€.png"),
        (#"form-data; name="file"; filename="a%0D%0Ab""#, "file", "a\r\nb"),
        ("form-data; name=\"file\"; filename=\"\u{301}a%22\u{301}\"", "file", "\u{301}a\"\u{301}"),
    ])
    func filenamesAreReadAsClientsWriteThem(header: String, name: String, filename: String) {
        let head = MultipartPartHead(headerText: "content-disposition: \(header)\r\nX-Other: 1")
        #expect(head.name == name)
        #expect(head.filename == filename)
    }
}
