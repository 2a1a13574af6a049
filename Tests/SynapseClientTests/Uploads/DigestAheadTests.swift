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
                let start = Int64(end) - min(chunk, 2_000_000)
                digest.beginSending(start..<Int64(end))
                digest.endSending()
                try await check(digest, end, Self.md5(end))
            }
            try await check(digest, 2_000_000, Self.md5(2_000_000))
        }
    }

    @Test
    func `A place that is not the end of a chunk is there when it is wanted in time, else never`() async throws {
        try await withDigest(chunk: 500_000) { digest in
            try await check(digest, 123_457, Self.md5(123_457))
            digest.beginSending(123_457..<623_457)
            digest.endSending()
            try await check(digest, 623_457, Self.md5(623_457))
            try await check(digest, 2_000_000, Self.md5(2_000_000))
            try await check(digest, 700_000, nil)
            try await check(digest, 2_000_001, nil)
        }
    }

    /// What is sent is other than what the file holds, so that the digest tells which of them was hashed.
    @Test
    func `What is sent is hashed as it was read, once, and what was hashed ahead is passed over`() async throws {
        try await withDigest(chunk: 600_000) { digest in
            var sent = Array(repeating: UInt8(7), count: 600_000)
            digest.beginSending(0..<600_000)
            for part in [0..<262_000, 262_000..<524_144, 0..<300_000, 300_000..<524_144, 524_144..<600_000] {
                unsafe sent[part].withUnsafeBytes { unsafe digest.absorb($0, at: Int64(part.lowerBound)) }
            }
            let wanted = Insecure.MD5.hash(data: sent).map { String(format: "%02x", $0) }.joined()
            try await check(digest, 600_000, wanted)
            // Hashed ahead while nothing is being read; the chunk that comes then tells nothing new.
            sent += Self.content[600_000..<1_200_000]
            let ahead = Insecure.MD5.hash(data: sent).map { String(format: "%02x", $0) }.joined()
            try await check(digest, 1_200_000, ahead)
            digest.beginSending(600_000..<1_200_000)
            unsafe sent[..<600_000].withUnsafeBytes { unsafe digest.absorb($0, at: 600_000) }
            try await check(digest, 1_200_000, ahead)
        }
    }

    @Test
    func `A chunk that was given up half-way is hashed to its end by the reader ahead`() async throws {
        try await withDigest(chunk: 600_000) { digest in
            digest.beginSending(0..<600_000)
            unsafe Self.content[..<100_000].withUnsafeBytes { unsafe digest.absorb($0, at: 0) }
            digest.endSending()
            try await check(digest, 600_000, Self.md5(600_000))
        }
    }

    @Test
    func `The place where the hashing rests has a digest too`() async throws {
        try await withDigest(chunk: 600_000) { digest in
            digest.beginSending(0..<600_000)
            unsafe Self.content[..<100_000].withUnsafeBytes { unsafe digest.absorb($0, at: 0) }
            try await check(digest, 100_000, Self.md5(100_000))
        }
    }

    @Test
    func `Starting over reads the file again from its beginning`() async throws {
        try await withDigest(chunk: 400_000) { digest in
            try await check(digest, 2_000_000, Self.md5(2_000_000))
            digest.startOver()
            digest.beginSending(0..<400_000)
            digest.endSending()
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
