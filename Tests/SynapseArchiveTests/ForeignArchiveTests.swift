#if os(Linux) || os(macOS)
import Foundation
import SynapseArchive
import Testing

/// Archives of other programs: Python's `zipfile`, where there is a Python.
struct ForeignArchiveTests {
    private static let python = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private func run(_ script: String, _ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.python))
        process.arguments = ["-c", script] + arguments
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test(.enabled(if: python != nil)) func archivesOfPythonAreRead() throws {
        let folder = try TemporaryFolder()
        try run(
            """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
                z.mkdir('lib') if hasattr(z, 'mkdir') else None
                z.writestr('lib/größe.txt', 'g' * 200000)
                z.writestr(zipfile.ZipInfo('plain'), b'stored')
                z.comment = b'hello'
            class Pipe:
                def __init__(self, f): self.f = f
                def write(self, b): return self.f.write(b)
                def flush(self): self.f.flush()
            with open(sys.argv[2], 'wb') as f, zipfile.ZipFile(Pipe(f), 'w', zipfile.ZIP_DEFLATED) as z:
                z.writestr('streamed', 's' * 1000)
            """, folder["a.zip"], folder["streamed.zip"])
        let reader = try ArchiveReader(path: folder["a.zip"])
        try reader.extract(into: folder["out"])
        #expect(try folder.contents("out/lib/größe.txt").count == 200_000)
        #expect(try folder.contents("out/plain") == Array("stored".utf8))
        // Written to a pipe, sizes stand behind the content.
        let streamed = try ArchiveReader(path: folder["streamed.zip"])
        #expect(try streamed.read(try #require(streamed["streamed"]), upTo: 1000).count == 1000)
    }

    @Test(.enabled(if: python != nil)) func pythonReadsOurs() throws {
        let folder = try TemporaryFolder()
        let items: [ArchiveWriter.Item] = [
            .init(name: "größe/x.bin", content: .bytes((0..<100_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) })),
            .init(name: "empty", content: .bytes([])),
            .init(name: "run.py", content: .bytes(Array("print()".utf8)), isExecutable: true),
        ]
        _ = try ArchiveWriter.write(items, to: folder["a.zip"])
        try run(
            """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1]) as z:
                assert z.testzip() is None
                assert z.namelist() == ['empty', 'größe/x.bin', 'run.py'], z.namelist()
                assert len(z.read('größe/x.bin')) == 100000
                assert all(i.date_time == (1980, 1, 1, 0, 0, 0) and not i.extra for i in z.infolist())
                assert [oct(i.external_attr >> 16) for i in z.infolist()] == ['0o100644', '0o100644', '0o100755']
            """, folder["a.zip"])
    }
}
#endif
