import SynapseClient
import Testing

struct UploadLedgerTests {
    private func record(_ path: String, _ checksum: String, _ file: TemporaryFile) throws -> UploadRecord {
        var record = UploadRecord(path: path, state: .uploaded)
        let identity: FileSource.Identity = try #require(FileSource.Identity(path: file.path))
        record.identity = identity
        record.checksum = checksum
        record.byteCount = identity.byteCount
        return record
    }

    @Test func `It knows the digest of what has not changed, by the bytes of the name`() throws {
        let file = try TemporaryFile(Array("content".utf8))
        let path = file.path + ".jsonl"
        try UploadLedger(path: path).append(record("\u{E9}.png", "old", file))
        try UploadLedger(path: path).append(record("\u{E9}.png", "new", file))
        let ledger = try UploadLedger(path: path)
        let identity = try #require(FileSource.Identity(path: file.path))
        #expect(ledger.checksum(of: "\u{E9}.png", identity) == "new")
        #expect(ledger.checksum(of: "e\u{301}.png", identity) == nil)
        try file.append(Array("more".utf8))
        #expect(ledger.checksum(of: "\u{E9}.png", try #require(FileSource.Identity(path: file.path))) == nil)
    }

    @Test func `A line that was cut costs itself and not the next`() throws {
        let file = try TemporaryFile(Array("content".utf8))
        let torn = try TemporaryFile(Array(#"{"path":"a","sta"#.utf8), name: "ledger.jsonl")
        try UploadLedger(path: torn.path).append(record("b", "digest", file))
        let ledger = try UploadLedger(path: torn.path)
        #expect(ledger.checksum(of: "b", try #require(FileSource.Identity(path: file.path))) == "digest")
    }

    @Test func `Only one process has it`() throws {
        let file = try TemporaryFile([])
        let first = try UploadLedger(path: file.path)
        let error = #expect(throws: ClientError.self) { try UploadLedger(path: file.path) }
        #expect(error?.code == .conflict)
        try first.flush()
    }

    @Test func `It is rewritten when most of it is out of date`() throws {
        let file = try TemporaryFile(Array("content".utf8))
        let path = file.path + ".jsonl"
        let ledger = try UploadLedger(path: path)
        for number in 0..<1100 { try ledger.append(record("\(number % 3)", "digest \(number)", file)) }
        try ledger.flush()
        let size = try #require(FileSource.Identity(path: path)).byteCount
        _ = consume ledger
        let again = try UploadLedger(path: path)
        #expect(try #require(FileSource.Identity(path: path)).byteCount < size / 100)
        #expect(again.checksum(of: "1", try #require(FileSource.Identity(path: file.path))) == "digest 1099")
    }
}
