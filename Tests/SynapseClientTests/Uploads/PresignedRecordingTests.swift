import SynapseClient
import SynapseModels
import Testing

/// Bulk uploads by signed URLs send what the platform's own client sends.
@Suite(.timeLimit(.minutes(1)))
struct PresignedRecordingTests {
    private static let picture = [0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: UInt8(ascii: "a"), count: 20)

    private static let file = "recordings-presigned.json"

    /// Uploads files one after another with the recorded answers, and compares what is sent.
    private static func upload(_ recording: Recording, _ paths: [String]) async throws -> BulkUploadResult {
        let transport = recording.transport()
        let client = try makeClient(transport: transport)
        let result = try await client.uploadFilesBulk(paths, options: BulkUploadOptions(maximumConcurrency: 1))
        recording.check(transport.requests)
        for (ours, theirs) in zip(transport.requests, recording.requests) {
            let isStorage = theirs["server"]?.stringValue == "storage"
            #expect((ours.origin == "http://storage") == isStorage, "\(ours.method) \(ours.origin)")
        }
        return result
    }

    @Test
    func `A whole file and one in parts (recording 60)`() async throws {
        var recording = try Recording.load(60, from: Self.file)
        // The SDK asks for the default storage, to choose between ways of its own; here the backend's answer decides.
        #expect(recording.requests.removeFirst()["path"] == "/storages/")
        recording.responses.removeFirst()
        let picture = try TemporaryFile(Self.picture, name: "a.jpg")
        let big = try TemporaryFile((0..<45).map { UInt8($0) }, name: "big.bin")
        let result = try await Self.upload(recording, [picture.path, big.path])
        #expect(result.files.map(\.dataFile) == [900, 901])
        #expect(result.failedIndices.isEmpty)
    }

    @Test
    func `A refusal of a proxy is tried again (recording 61)`() async throws {
        let picture = try TemporaryFile(Self.picture, name: "a.jpg")
        let result = try await Self.upload(try Recording.load(61, from: Self.file), [picture.path])
        #expect(result.files.map(\.dataFile) == [900])
    }

    @Test
    func `A refusal of the storage is final and keeps the signature to itself (recording 63)`() async throws {
        let picture = try TemporaryFile(Self.picture, name: "a.jpg")
        let result = try await Self.upload(try Recording.load(63, from: Self.file), [picture.path])
        let error = try #require(result.files[0].error)
        #expect(result.files[0].dataFile == nil)
        #expect("\(error)".contains("SignatureDoesNotMatch"))
        #expect(!"\(error)".contains("X-Amz-Signature"))
    }

    @Test
    func `A path that comes twice goes twice (recording 64)`() async throws {
        let picture = try TemporaryFile(Self.picture, name: "a.jpg")
        let result = try await Self.upload(try Recording.load(64, from: Self.file), [picture.path, picture.path])
        #expect(result.files.map(\.dataFile) == [900, 901])
    }

    @Test
    func `A file without a URL has an outcome of its own (recording 65)`() async throws {
        let first = try TemporaryFile(Self.picture, name: "a.jpg")
        let second = try TemporaryFile(Self.picture, name: "b.jpg")
        let result = try await Self.upload(try Recording.load(65, from: Self.file), [first.path, second.path])
        #expect(result.files.map(\.dataFile) == [900, nil])
        #expect(result.failedIndices == [1])
    }

    @Test
    func `The content guard refuses before anything is sent (recording 66)`() async throws {
        let secrets = try TemporaryFile(Array("KEY=1".utf8), name: ".env")
        let result = try await Self.upload(try Recording.load(66, from: Self.file), [secrets.path])
        #expect(result.files[0].error?.code == .unsafeContent)
    }
}
