import Crypto
import Foundation
import SynapseClient
import SynapseTestSupport
import Testing

/// The digest that is computed beside the sending.
@Suite(.timeLimit(.minutes(1)))
struct DigestAheadTests {
    private static let content = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 131 >> 5) }

    private static func md5(_ count: Int) -> String {
        Insecure.MD5.hash(data: content[..<count]).map { String(format: "%02x", $0) }.joined()
    }

    private func withDigest(
        chunk: Int64, _ body: @Sendable @escaping (DigestAhead) async throws -> Void
    ) async throws {
        let file = try TemporaryFile(Self.content)
        let digest = DigestAhead(try FileSource(path: file.path), chunkByteCount: chunk)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await digest.run() }
            try await body(digest)
            group.cancelAll()
        }
    }

    private func check(_ digest: DigestAhead, _ offset: Int, _ wanted: String?) async throws {
        let found = try await digest.digest(at: Int64(offset))
        #expect(found == wanted)
    }

    @Test(arguments: [1000, 300_000, 2_000_000, Int64.max])
    func `Digests are there at the ends of chunks`(chunk: Int64) async throws {
        try await withDigest(chunk: chunk) { digest in
            for end in [0, 1, 2, 3].map({ Int(min(chunk, 2_000_000)) * ($0 + 1) }) where end <= 2_000_000 {
                digest.plan(from: Int64(end) - min(chunk, 2_000_000))
                try await check(digest, end, Self.md5(end))
            }
            try await check(digest, 2_000_000, Self.md5(2_000_000))
        }
    }

    @Test
    func `A place that is not the end of a chunk is there when it is wanted in time, else never`() async throws {
        try await withDigest(chunk: 500_000) { digest in
            try await check(digest, 123_457, Self.md5(123_457))
            digest.plan(from: 123_457)
            try await check(digest, 623_457, Self.md5(623_457))
            try await check(digest, 2_000_000, Self.md5(2_000_000))
            try await check(digest, 700_000, nil)
        }
    }

    @Test
    func `Starting over reads the file again from its beginning`() async throws {
        try await withDigest(chunk: 400_000) { digest in
            try await check(digest, 2_000_000, Self.md5(2_000_000))
            digest.startOver()
            digest.plan(from: 0)
            try await check(digest, 400_000, Self.md5(400_000))
            try await check(digest, 2_000_000, Self.md5(2_000_000))
        }
    }

    @Test
    func `A file that has become shorter is an error`() async throws {
        let file = try TemporaryFile(Self.content)
        let digest = DigestAhead(try FileSource(path: file.path), chunkByteCount: 1000)
        try Data([1]).write(to: URL(filePath: file.path), options: [])
        let error = await failure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await digest.run() }
                group.addTask { _ = try await digest.digest(at: 2_000_000) }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
        #expect(error?.code == .fileChanged)
    }
}
