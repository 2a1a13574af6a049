import Foundation
import SynapseClient
import SynapseModels
import SynapseTestSupport
import Testing

/// What every store of checkpoints does, run on each of them.
@Suite(.timeLimit(.minutes(1)))
struct CheckpointStoreTests {
    enum Kind: CaseIterable, Sendable {
        case file
        case memory
    }

    private static func withStore(_ kind: Kind, _ body: (any CheckpointStore) throws -> Void) throws {
        switch kind {
        case .memory: try body(MemoryCheckpointStore())
        case .file:
            let folder = try TemporaryFile.folder()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try body(FileCheckpointStore(folder: folder + "/a/b"))
        }
    }

    static func checkpoint(_ path: String = "/data/model.bin", offset: Int64 = 20, tenant: String? = "t")
        -> UploadCheckpoint
    {
        UploadCheckpoint(
            uploadID: "u1", uploadURL: "http://b/chunked_upload/u1/", server: "http://b", tenant: tenant, path: path,
            byteCount: 1 << 40, modifiedNanoseconds: 1_700_000_000_123_456_789, chunkByteCount: 10, offset: offset,
            checkedByteCount: offset, checksum: String(repeating: "a", count: 32), createdSeconds: 1,
            updatedSeconds: offset)
    }

    @Test(arguments: Kind.allCases)
    func `What is saved is loaded, and the last one counts`(kind: Kind) throws {
        try Self.withStore(kind) { store in
            let claim = try #require(try store.claim(Self.checkpoint().key))
            #expect(try claim.load() == nil)
            try claim.save(Self.checkpoint(offset: 20))
            try claim.save(Self.checkpoint(offset: 30))
            #expect(try claim.load() == Self.checkpoint(offset: 30))
            #expect(try store.list() == [Self.checkpoint(offset: 30)])
        }
    }

    @Test
    func `A checkpoint of another version is none`() throws {
        let text = String(decoding: Self.checkpoint().jsonBytes(), as: UTF8.self)
        #expect(try UploadCheckpoint(reading: RawJSON(parsing: Array(text.utf8))) == Self.checkpoint())
        let other = text.replacingOccurrences(of: #""version":1"#, with: #""version":2"#)
        #expect(other != text)
        #expect(throws: JSONError.self) { try UploadCheckpoint(reading: RawJSON(parsing: Array(other.utf8))) }
    }

    @Test(arguments: Kind.allCases)
    func `A checkpoint outlives its claim, and is gone when it is removed`(kind: Kind) throws {
        try Self.withStore(kind) { store in
            try #require(try store.claim(Self.checkpoint().key)).save(Self.checkpoint())
            let loaded = try store.claim(Self.checkpoint().key)?.load()
            #expect(loaded == Self.checkpoint())
            try store.claim(Self.checkpoint().key)?.remove()
            try store.claim(Self.checkpoint().key)?.remove()
            let gone = try store.claim(Self.checkpoint().key)?.load()
            #expect(gone == nil)
            #expect(try store.list().isEmpty)
        }
    }

    @Test(arguments: Kind.allCases)
    func `A key has one claim at a time, however often it changes hands`(kind: Kind) throws {
        try Self.withStore(kind) { store in
            let key = Self.checkpoint().key
            for _ in 1...3 {
                let first = try #require(try store.claim(key))
                let second = try store.claim(key)
                #expect(second == nil)
                let other = try store.claim(Self.checkpoint("/data/other.bin").key)
                #expect(other != nil)
                try first.save(Self.checkpoint())
                withExtendedLifetime(first) {}
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func `File, server and tenant each make another key`(kind: Kind) throws {
        try Self.withStore(kind) { store in
            let checkpoints = [
                Self.checkpoint(offset: 1), Self.checkpoint("/x", offset: 2), Self.checkpoint(offset: 3, tenant: nil),
                Self.checkpoint("/name with \u{1F984}\n\"quotes\"", offset: 4),
            ]
            for checkpoint in checkpoints { try store.claim(checkpoint.key)?.save(checkpoint) }
            #expect(try store.list() == checkpoints)
        }
    }

    @Test
    func `Files are for their owner alone, and nothing else is left behind`() throws {
        let folder = try TemporaryFile.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = FileCheckpointStore(folder: folder + "/state/uploads")
        try store.claim(Self.checkpoint().key)?.save(Self.checkpoint())
        func mode(_ path: String) throws -> Int {
            try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
        }
        #expect(try mode(store.folder) == 0o700)
        let names = try FileManager.default.contentsOfDirectory(atPath: store.folder)
        let json = try #require(names.first { $0.hasSuffix(".json") })
        #expect(try mode(store.folder + "/" + json) == 0o600)
        try store.claim(Self.checkpoint().key)?.remove()
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder).isEmpty)
    }

    @Test(arguments: ["", "{", "[]", #"{"upload_id":"u"}"#, "\u{0}\u{0}"])
    func `A damaged file is as good as none`(text: String) throws {
        let folder = try TemporaryFile.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = FileCheckpointStore(folder: folder)
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(Self.checkpoint().key.name).json"))
        let loaded = try store.claim(Self.checkpoint().key)?.load()
        #expect(loaded == nil)
        #expect(try store.list().isEmpty)
        try store.claim(Self.checkpoint().key)?.save(Self.checkpoint())
        #expect(try store.list() == [Self.checkpoint()])
    }

    private struct FullStore: CheckpointStore, CheckpointClaim {
        func claim(_ key: UploadCheckpoint.Key) -> (any CheckpointClaim)? { self }
        func list() -> [UploadCheckpoint] { [] }
        func load() -> UploadCheckpoint? { nil }
        func save(_ checkpoint: UploadCheckpoint) throws(ClientError) { throw ClientError(.checkpointFailed, "full") }
        func remove() {}
    }

    @Test
    func `A store that takes nothing is said once, however many chunks there are`() throws {
        let file = try TemporaryFile([1, 2, 3])
        let notices = Shared<[UploadNotice.Code]>([])
        let journal = UploadJournal(
            FullStore(), key: .init(server: "http://b", tenant: nil, path: file.path),
            source: try FileSource(path: file.path)
        ) { code, _, _ in notices.change { $0.append(code) } }
        for offset: Int64 in 1...3 {
            journal.save(.init(id: "u", url: "/u/"), chunk: 1, offset: offset, checked: (0, ""))
        }
        #expect(notices.value == [.notRemembered])
    }

    @Test
    func `A folder that can't be is an error that names it`() throws {
        let file = try TemporaryFile([1])
        let error = #expect(throws: ClientError.self) {
            _ = try FileCheckpointStore(folder: file.path + "/uploads").claim(Self.checkpoint().key)
        }
        #expect(error?.code == .checkpointFailed)
        #expect(error?.message.contains(file.path) == true)
    }

    @Test(arguments: [
        (["SYNAPSE_STATE_DIR": "/s", "XDG_STATE_HOME": "/x", "HOME": "/h"], "/s"),
        (["SYNAPSE_STATE_DIR": "relative", "HOME": "/h"], nil),
        (["HOME": "/h"], nil),
        ([:], ""),
    ])
    func `The folder of the state comes from the environment`(environment: [String: String], expected: String?) {
        let home = "/h"
        #if canImport(Darwin)
        let fallback = home + "/Library/Application Support/synapse"
        #else
        let fallback = home + "/.local/state/synapse"
        #expect(StateFolder.path(["XDG_STATE_HOME": "/x", "HOME": "/h"]) == "/x/synapse")
        #endif
        let wanted = expected.map { $0.isEmpty ? nil : $0 } ?? fallback
        #expect(StateFolder.path(environment) == wanted)
    }
}
