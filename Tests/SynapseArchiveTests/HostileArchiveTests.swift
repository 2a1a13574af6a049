import Foundation
import SynapseArchive
import Testing

/// Archives made to do harm: each is refused with an error that names the entry, and nothing is unpacked.
struct HostileArchiveTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var title: String
        var code: ArchiveError.Code
        var entry: String?
        var archive: @Sendable () -> HandMadeArchive

        var testDescription: String { title }

        init(
            _ title: String, _ code: ArchiveError.Code, entry: String? = nil,
            _ archive: @escaping @Sendable () -> HandMadeArchive
        ) {
            self.title = title
            self.code = code
            self.entry = entry
            self.archive = archive
        }
    }

    static let rows: [Row] = [
        Row("parent", .unsafeName, entry: "../out") { HandMadeArchive(.init("../out")) },
        Row("parent within", .unsafeName, entry: "a/../../out") { HandMadeArchive(.init("a/../../out")) },
        Row("parent at the end", .unsafeName, entry: "a/..") { HandMadeArchive(.init("a/..")) },
        Row("absolute", .unsafeName, entry: "/etc/passwd") { HandMadeArchive(.init("/etc/passwd")) },
        Row("drive", .unsafeName, entry: "C:/x") { HandMadeArchive(.init("C:/x")) },
        Row("drive alone", .unsafeName, entry: "C:x") { HandMadeArchive(.init("C:x")) },
        Row("backslash", .unsafeName, entry: "..\\x") { HandMadeArchive(.init("..\\x")) },
        Row("NUL", .unsafeName, entry: "a\u{0}.py") { HandMadeArchive(.init("a\u{0}.py")) },
        Row("newline", .unsafeName, entry: "a\nb") { HandMadeArchive(.init("a\nb")) },
        Row("dot", .unsafeName, entry: "./a") { HandMadeArchive(.init("./a")) },
        Row("no name", .unsafeName, entry: "") { HandMadeArchive(.init("")) },
        Row("root", .unsafeName, entry: "") { HandMadeArchive(.init("/") { $0.mode = 0o040_755 }) },
        Row("not UTF-8", .unsafeName) { HandMadeArchive(.init("a") { $0.name = [0x61, 0xFF] }) },
        Row("long name", .unsafeName) { HandMadeArchive(.init(String(repeating: "a", count: 300))) },
        Row("deep name", .unsafeName) {
            HandMadeArchive(.init(Array(repeating: "a", count: 70).joined(separator: "/")))
        },
        Row("symbolic link", .notAFile, entry: "a") {
            HandMadeArchive(
                .init("a") {
                    $0.mode = 0o120_777
                    $0.content = Array("/etc/passwd".utf8)
                })
        },
        Row("device", .notAFile, entry: "a") { HandMadeArchive(.init("a") { $0.mode = 0o020_644 }) },
        Row("pipe", .notAFile, entry: "a") { HandMadeArchive(.init("a") { $0.mode = 0o010_644 }) },
        Row("folder without slash", .notAFile, entry: "a") { HandMadeArchive(.init("a") { $0.mode = 0o040_755 }) },
        Row("folder with content", .notAFile, entry: "a") {
            HandMadeArchive(
                .init("a/") {
                    $0.mode = 0o040_755
                    $0.content = [1]
                })
        },
        Row("twice", .nameConflict, entry: "a") { HandMadeArchive(.init("a"), .init("a")) },
        Row("twice but for case", .nameConflict, entry: "MAIN.py") {
            HandMadeArchive(.init("main.py"), .init("MAIN.py"))
        },
        Row("twice but for form", .nameConflict, entry: "u\u{308}") {
            HandMadeArchive(.init("\u{FC}"), .init("u\u{308}"))
        },
        Row("file over folder", .nameConflict, entry: "a") { HandMadeArchive(.init("a/b"), .init("a")) },
        Row("folder over file", .nameConflict, entry: "a/b") { HandMadeArchive(.init("a"), .init("a/b")) },
        Row("folder entry over file", .nameConflict, entry: "A") {
            HandMadeArchive(.init("a"), .init("A/") { $0.mode = 0o040_755 })
        },
        Row("encrypted", .unsupported, entry: "a") { HandMadeArchive(.init("a") { $0.flags = 1 }) },
        Row("strong encryption", .unsupported, entry: "a") { HandMadeArchive(.init("a") { $0.flags = 1 << 6 }) },
        Row("method", .unsupported, entry: "a") { HandMadeArchive(.init("a") { $0.method = 12 }) },
        Row("ZIP64 size", .unsupported, entry: "a") { HandMadeArchive(.init("a") { $0.byteCount = .max }) },
        Row("overlap", .overlapping, entry: "b") {
            HandMadeArchive(.init("a") { $0.content = [1, 2, 3] }, .init("b") { $0.offset = 0 })
        },
        Row("overlap by size", .overlapping, entry: "b") {
            HandMadeArchive(
                .init("a") {
                    $0.packedByteCount = 20
                    $0.byteCount = 20
                }, .init("b"))
        },
        Row("into the directory", .overlapping, entry: "a") {
            HandMadeArchive(
                .init("a") {
                    $0.packedByteCount = 10
                    $0.byteCount = 10
                })
        },
        Row("no such offset", .damaged, entry: "b") { HandMadeArchive(.init("a"), .init("b") { $0.offset = 33 }) },
        Row("other local name", .damaged, entry: "a") { HandMadeArchive(.init("a") { $0.localName = [0x62] }) },
        Row("other local size", .sizeMismatch, entry: "a") { HandMadeArchive(.init("a") { $0.localByteCount = 9 }) },
        Row("stored sizes differ", .sizeMismatch, entry: "a") { HandMadeArchive(.init("a") { $0.byteCount = 9 }) },
        Row("prefix", .damaged) {
            var archive = HandMadeArchive(.init("a"))
            archive.prefix = Array("#!/bin/sh\n".utf8)
            return archive
        },
        Row("prefix that the offsets know not", .damaged) {
            var archive = HandMadeArchive(.init("a") { $0.offset = 0 })
            archive.prefix = [1]
            archive.directoryOffset = 31
            return archive
        },
        Row("suffix", .truncated) {
            var archive = HandMadeArchive(.init("a"))
            archive.suffix = [1]
            return archive
        },
        Row("too few rows", .damaged) {
            var archive = HandMadeArchive(.init("a"))
            archive.entryCount = 2
            return archive
        },
        Row("too many rows", .damaged) {
            var archive = HandMadeArchive(.init("a"), .init("b"))
            archive.entryCount = 1
            return archive
        },
        Row("bomb by declaration", .limitExceeded, entry: "a") {
            HandMadeArchive(
                .init("a") {
                    $0.method = 8
                    $0.content = [3, 0]
                    $0.byteCount = 1 << 29
                })
        },
    ]

    @Test(arguments: rows)
    func isRefused(row: Row) throws {
        let folder = try TemporaryFolder()
        try folder.write(row.archive().bytes(), to: "a.zip")
        let error = #expect(throws: ArchiveError.self) {
            try ArchiveReader(path: folder["a.zip"]).extract(into: folder["out"])
        }
        #expect(error?.code == row.code)
        if let entry = row.entry { #expect(error.map { Array(($0.entry ?? "?").utf8) } == Array(entry.utf8)) }
        #expect(folder.names() == ["a.zip"])
        #expect(error?.description.utf8.contains { $0 < 0x20 } == false)
    }

    @Test func aPlainHandMadeArchiveIsTaken() throws {
        let folder = try TemporaryFolder()
        var archive = HandMadeArchive(
            .init("d/") { $0.mode = 0o040_755 }, .init("d/a") { $0.content = [1, 2] }, .init("e") { $0.mode = 0 })
        archive.comment = Array("PK\u{5}\u{6} a comment with a signature in it, long enough to be looked at".utf8)
        try folder.write(archive.bytes(), to: "a.zip")
        try ArchiveReader(path: folder["a.zip"]).extract(into: folder["out"])
        #expect(folder.names() == ["a.zip", "out", "out/d", "out/d/a", "out/e"])
    }

    @Test func everyCutIsRefused() throws {
        let folder = try TemporaryFolder()
        let whole = HandMadeArchive(.init("a") { $0.content = [1, 2, 3] }, .init("b/c")).bytes()
        for count in 0..<whole.count {
            try folder.write(Array(whole[..<count]), to: "a.zip")
            let error = #expect(throws: ArchiveError.self) { try ArchiveReader(path: folder["a.zip"]) }
            #expect(error?.code == .truncated || error?.code == .damaged)
        }
    }

    @Test func everyFlippedByteIsReadRightOrRefused() throws {
        let folder = try TemporaryFolder()
        let items = [ArchiveWriter.Item(name: "a/b.py", content: .bytes(Array("print('hello, hello')\n".utf8)))]
        _ = try ArchiveWriter.write(items, to: folder["whole.zip"])
        let whole = try folder.contents("whole.zip")
        for index in whole.indices {
            for bit in [UInt8(1), 0x80] {
                var bytes = whole
                bytes[index] ^= bit
                try folder.write(bytes, to: "a.zip")
                do {
                    let reader = try ArchiveReader(path: folder["a.zip"])
                    for entry in reader.entries { _ = try reader.read(entry, upTo: 1 << 20) }
                } catch is ArchiveError {}
            }
        }
    }

    @Test func contentThatUnpacksToMoreThanDeclaredStopsThere() throws {
        let folder = try TemporaryFolder()
        let items = [ArchiveWriter.Item(name: "a", content: .bytes(Array(repeating: 0, count: 1 << 20)))]
        _ = try ArchiveWriter.write(items, to: folder["a.zip"])
        var bytes = try folder.contents("a.zip")
        // The size stands in the entry's header and in the directory.
        let size = HandMadeArchive.long(1 << 20)
        for index in bytes.indices.dropLast(3) where Array(bytes[index..<index + 4]) == size {
            bytes.replaceSubrange(index..<index + 4, with: HandMadeArchive.long(1000))
        }
        try folder.write(bytes, to: "a.zip")
        let error = #expect(throws: ArchiveError.self) {
            try ArchiveReader(path: folder["a.zip"]).extract(into: folder["out"])
        }
        #expect(error?.code == .sizeMismatch)
        #expect(try folder.contents("out/a").count <= 1000)
    }

    @Test func aWrongChecksumIsFound() throws {
        let folder = try TemporaryFolder()
        let archive = HandMadeArchive(
            .init("a") {
                $0.content = [1, 2, 3]
                $0.checksum = 5
            })
        try folder.write(archive.bytes(), to: "a.zip")
        let error = #expect(throws: ArchiveError.self) {
            try ArchiveReader(path: folder["a.zip"]).extract(into: folder["out"])
        }
        #expect(error?.code == .checksumMismatch)
        #expect(error?.entry == "a")
    }

    @Test func aBombOfRealZerosIsRefusedAndSmallZerosAreNot() throws {
        let folder = try TemporaryFolder()
        let zeros = [UInt8](repeating: 0, count: 9 << 20)
        _ = try ArchiveWriter.write(
            [.init(name: "zeros", content: .bytes(zeros))], to: folder["a.zip"], limits: ArchiveLimits(ratio: 2000))
        let error = #expect(throws: ArchiveError.self) { try ArchiveReader(path: folder["a.zip"]) }
        #expect(error?.code == .limitExceeded)
        #expect(error?.entry == "zeros")
        let loose = ArchiveLimits(ratio: 2000)
        #expect(try ArchiveReader(path: folder["a.zip"], limits: loose).entries.count == 1)
    }

    @Test func totalsAndCountsAreLimited() throws {
        let folder = try TemporaryFolder()
        let items = (0..<10).map { ArchiveWriter.Item(name: "f\($0)", content: .bytes([1, 2, 3])) }
        _ = try ArchiveWriter.write(items, to: folder["a.zip"])
        for limits in [
            ArchiveLimits(entryCount: 9), ArchiveLimits(totalByteCount: 29), ArchiveLimits(entryByteCount: 2),
        ] {
            let error = #expect(throws: ArchiveError.self) {
                try ArchiveReader(path: folder["a.zip"], limits: limits)
            }
            #expect(error?.code == .limitExceeded)
        }
        #expect(
            try ArchiveReader(path: folder["a.zip"], limits: .init(entryCount: 10, totalByteCount: 30)).entries.count
                == 10)
    }

    @Test func aLinkInTheFolderIsNotFollowed() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder["outside"], withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder["out"], withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder["out/lib"], withDestinationPath: folder["outside"])
        let items = [ArchiveWriter.Item(name: "lib/a", content: .bytes([1]))]
        _ = try ArchiveWriter.write(items, to: folder["a.zip"])
        #expect(throws: ArchiveError.self) { try ArchiveReader(path: folder["a.zip"]).extract(into: folder["out"]) }
        #expect(!folder.names().contains("outside/a"))
        #expect(folder.names().contains("outside"))
    }

    @Test func whatIsThereIsNotWrittenOver() throws {
        let folder = try TemporaryFolder()
        _ = try ArchiveWriter.write([.init(name: "a", content: .bytes([1]))], to: folder["a.zip"])
        let reader = try ArchiveReader(path: folder["a.zip"])
        try reader.extract(into: folder["out"])
        let error = #expect(throws: ArchiveError.self) { try reader.extract(into: folder["out"]) }
        #expect(error?.code == .inputOutput)
    }

    @Test func cancellationEndsUnpacking() async throws {
        let folder = try TemporaryFolder()
        _ = try ArchiveWriter.write([.init(name: "a", content: .bytes([1]))], to: folder["a.zip"])
        let (archive, target) = (folder["a.zip"], folder["out"])
        await withTaskGroup(of: Bool.self) { group in
            group.cancelAll()
            group.addTask {
                do {
                    try ArchiveReader(path: archive).extract(into: target)
                    return false
                } catch {
                    return error is CancellationError
                }
            }
            #expect(await group.next() == true)
        }
    }
}
