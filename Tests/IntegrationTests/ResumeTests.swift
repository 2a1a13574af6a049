import SynapseClient
import SynapseModels
import SynapseTestSupport
import Synchronization
import Testing

/// Uploads that are begun in one call and finished in another, against the real server.
@Suite(.timeLimit(.minutes(2)))
struct ResumeTests {
    private static let chunk: Int64 = 200_000

    private final class Notices: Sendable {
        private let codes = Mutex<[UploadNotice.Code]>([])

        var all: [UploadNotice.Code] { codes.withLock { $0 } }

        func note(_ notice: UploadNotice) { codes.withLock { $0.append(notice.code) } }
    }

    /// Begins an upload and cancels it when the server has some chunks.
    private static func interrupt(_ client: BackendClient, _ path: String, after offset: Int64) async throws {
        let (reached, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try await client.createChunkedUpload(path, chunkByteCount: chunk) { progress in
                        if progress.acknowledgedByteCount >= offset { continuation.yield() }
                    }
                }
                for await _ in reached { break }
                group.cancelAll()
                try await group.next()
            }
        }
    }

    @Test func `A call goes on with the upload that another began, and makes one file`() async throws {
        try await withWorld { world in
            let client = world.client
            let path = try world.files(1, byteCount: 40 * Int(Self.chunk))[0]
            try await Self.interrupt(client, path, after: 3 * Self.chunk)
            let checkpoint = try #require(try client.ownUploadCheckpoints().first)
            #expect(checkpoint.offset >= 3 * Self.chunk)
            #expect(checkpoint.checkedByteCount == checkpoint.offset)
            #expect(try await client.listChunkedUploads().results.map(\.id) == [checkpoint.uploadID])
            let notices = Notices()
            let last = Mutex<UploadProgress?>(nil)
            let file = try await client.createDataFile(path, useChunkedUpload: true, chunkByteCount: Self.chunk) {
                progress in
                last.withLock { $0 = progress }
            } onNotice: {
                notices.note($0)
            }
            #expect(notices.all == [.resumed])
            let progress = try #require(last.withLock { $0 })
            #expect(progress.resumedByteCount >= checkpoint.offset)
            #expect(progress.transferredByteCount == 40 * Self.chunk - progress.resumedByteCount)
            #expect(progress.resentByteCount == 0)
            #expect(try client.uploadCheckpoints().isEmpty)
            #expect(try await client.createDataFile(path).id == file.id)
        }
    }

    @Test func `Another tenant or server has uploads of its own`() async throws {
        try await withWorld { world in
            let path = try world.files(1, byteCount: 40 * Int(Self.chunk))[0]
            let folder = world.folder + "/state"
            try await world.withClient(at: world.backend.url, change: { $0.checkpoints = .folder(folder) }) { client in
                try await Self.interrupt(client, path, after: Self.chunk)
                #expect(try client.ownUploadCheckpoints().count == 1)
            }
            try await world.withClient(at: world.backend.url) { configuration in
                configuration.checkpoints = .folder(folder)
                configuration.credentials.tenant = "default"
            } _: { client in
                #expect(try client.ownUploadCheckpoints().isEmpty)
                #expect(try client.uploadCheckpoints().count == 1)
                let notices = Notices()
                _ = try await client.createChunkedUpload(path, chunkByteCount: 20 * Self.chunk) { _ in
                } onNotice: {
                    notices.note($0)
                }
                #expect(notices.all.isEmpty)
            }
        }
    }

    @Test func `A store that can't be written costs the memory and not the upload`() async throws {
        try await withWorld { world in
            let path = try world.files(1, byteCount: 3 * Int(Self.chunk))[0]
            try await world.withClient(at: world.backend.url, change: { $0.checkpoints = .folder(path + "/no") }) {
                client in
                let notices = Notices()
                let uploaded = try await client.createChunkedUpload(path, chunkByteCount: Self.chunk) { _ in
                } onNotice: {
                    notices.note($0)
                }
                #expect(uploaded.upload.isComplete)
                #expect(notices.all == [.notRemembered])
            }
        }
    }

    @Test func `A checkpoint is discarded unless its upload is at work`() async throws {
        try await withWorld { world in
            let client = world.client
            let path = try world.files(1, byteCount: 40 * Int(Self.chunk))[0]
            try await Self.interrupt(client, path, after: Self.chunk)
            let checkpoint = try #require(try client.uploadCheckpoints().first)
            let claim = try client.checkpoints?.claim(checkpoint.key)
            #expect(try !client.discardUploadCheckpoint(checkpoint))
            withExtendedLifetime(claim) {}
            try await client.deleteChunkedUpload(checkpoint.uploadID)
            #expect(try await client.listChunkedUploads().count == 0)
        }
    }
}
