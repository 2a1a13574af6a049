import SynapseArchive
import Testing

struct ArchiveWriterTests {
    private let items: [ArchiveWriter.Item] = [
        .init(name: "main.py", content: .bytes(Array("print('hello')\n".utf8))),
        .init(name: "lib/größe.txt", content: .bytes(Array(repeating: 7, count: 300_000))),
        .init(name: "lib/empty", content: .bytes([])),
        .init(name: "run", content: .bytes(Array("x".utf8)), isExecutable: true),
    ]

    @Test func whatIsWrittenIsReadBack() throws {
        let folder = try TemporaryFolder()
        let entries = try ArchiveWriter.write(items, to: folder["a.zip"])
        #expect(entries.map(\.name) == ["lib/empty", "lib/größe.txt", "main.py", "run"])
        let reader = try ArchiveReader(path: folder["a.zip"])
        #expect(reader.entries.map(\.name) == entries.map(\.name))
        #expect(reader.entries.map(\.byteCount) == [0, 300_000, 15, 1])
        #expect(reader.entries.map(\.isExecutable) == [false, false, false, true])
        for item in items {
            let entry = try #require(reader[item.name])
            guard case .bytes(let bytes) = item.content else { continue }
            #expect(try reader.read(entry, upTo: 1 << 20) == bytes)
        }
        try reader.extract(into: folder["out"])
        #expect(try folder.contents("out/lib/größe.txt").count == 300_000)
        #expect(try folder.contents("out/main.py") == Array("print('hello')\n".utf8))
    }

    @Test func theSameContentGivesTheSameBytesInAnyOrderAndFromFiles() throws {
        let folder = try TemporaryFolder()
        _ = try ArchiveWriter.write(items, to: folder["a.zip"])
        var others = items.reversed().map(\.self)
        for index in others.indices {
            guard case .bytes(let bytes) = others[index].content else { continue }
            try folder.write(bytes, to: "source-\(index)")
            others[index].content = .file(folder["source-\(index)"])
        }
        _ = try ArchiveWriter.write(others, to: folder["b.zip"])
        #expect(try folder.contents("a.zip") == folder.contents("b.zip"))
    }

    @Test func noItemsAreAnArchiveToo() throws {
        let folder = try TemporaryFolder()
        _ = try ArchiveWriter.write([], to: folder["a.zip"])
        #expect(try ArchiveReader(path: folder["a.zip"]).entries.isEmpty)
    }

    @Test(arguments: ["../x", "/x", "a//b", "a/./b", "C:/x", "a\\b", "a\u{0}b", "", "a/../../b"])
    func namesThatAreNotSafeAreRefused(name: String) throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: ArchiveError.self) {
            try ArchiveWriter.write([.init(name: name, content: .bytes([1]))], to: folder["a.zip"])
        }
        #expect(error?.code == .unsafeName)
        #expect(error?.entry == name)
    }

    @Test func limitsHoldForWritingToo() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: ArchiveError.self) {
            try ArchiveWriter.write(items, to: folder["a.zip"], limits: ArchiveLimits(entryByteCount: 1000))
        }
        #expect(error?.code == .limitExceeded)
        #expect(error?.entry == "lib/größe.txt")
        #expect(throws: ArchiveError.self) {
            try ArchiveWriter.write(items, to: folder["a.zip"], limits: ArchiveLimits(entryCount: 3))
        }
        // What a reader would take for a zip bomb.
        let bomb = #expect(throws: ArchiveError.self) {
            try ArchiveWriter.write(
                items, to: folder["a.zip"], limits: ArchiveLimits(ratio: 100, ratioFloorByteCount: 100_000))
        }
        #expect(bomb?.code == .limitExceeded && bomb?.entry == "lib/größe.txt")
    }
}
