import NIOCore
import SynapseTestSupport
import Testing

@testable import SynapseServer

/// Pieces of all lengths, whether or not the cache takes part: what was appended is what is in the file.
@Suite(.timeLimit(.minutes(1)))
struct FileAppenderTests {
    private static let block = FileAppender.blockByteCount

    @Test(arguments: [
        [], [0], [1], [block], [block, 0, 1], [block + 1, block - 1], [block, 17, 3 * block + 4096, 5, 2 * block],
        [2 * block + 123, 123], [100, block, block], [4096, block],
    ])
    func piecesAddUp(_ lengths: [Int]) async throws {
        try await withTemporaryDirectory { folder in
            for start in [0, 4096, 5000] {
                let path = "\(folder)/\(start)"
                let file = try OpenFile(path: path, mode: .creating)
                // What is there already stays.
                try file.write(ByteBuffer(repeating: 7, count: start), at: 0)
                var expected = ByteBuffer(repeating: 7, count: start)
                var appender = FileAppender(file, at: Int64(start))
                for (index, length) in lengths.enumerated() {
                    let piece = ByteBuffer(bytes: (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ index) })
                    try appender.append(piece)
                    expected.writeImmutableBuffer(piece)
                }
                #expect(appender.position == Int64(expected.readableBytes))
                try appender.synchronize()
                let reader = try OpenFile(path: path, mode: .reading)
                #expect(try reader.byteCount() == Int64(expected.readableBytes))
                #expect(try reader.read(at: 0, count: expected.readableBytes + 1) == expected)
            }
        }
    }

    #if os(Linux)
    @Test(arguments: [true, false])
    func largePiecesPassTheCacheBy(_ mayPass: Bool) async throws {
        try await withTemporaryDirectory { folder in
            let path = try FileSystem.absolutePath(of: folder) + "/file"
            let file = try OpenFile(path: path, mode: .creating)
            // Some file systems keep everything in the cache.
            let passes = file.bypassCache(true) && mayPass
            file.bypassCache(false)
            var appender = FileAppender(file, at: 0, passingCache: mayPass)
            try appender.append(ByteBuffer(repeating: 1, count: Self.block - 1))
            #expect(try flags(path) & Self.direct == 0)
            try appender.append(ByteBuffer(repeating: 1, count: 1))
            try appender.append(ByteBuffer(repeating: 1, count: Self.block))
            #expect(try flags(path) & Self.direct == (passes ? Self.direct : 0))
            try appender.synchronize()
            #expect(try flags(path) & Self.direct == 0)
        }
    }

    #if arch(arm64) || arch(arm)
    private static let direct = 0o200000
    #else
    private static let direct = 0o40000
    #endif

    /// The flags with which this process has a file open.
    ///
    /// Source: proc(5), `fdinfo`.
    private func flags(_ path: String) throws -> Int {
        for number in FileSystem.names(in: "/proc/self/fd") {
            guard (try? FileSystem.absolutePath(of: "/proc/self/fd/\(number)")) == path else { continue }
            let file = try OpenFile(path: "/proc/self/fdinfo/\(number)", mode: .reading)
            let lines = String(buffer: try file.read(at: 0, count: 4096)).split(separator: "\n")
            let line = try #require(lines.first { $0.hasPrefix("flags:") })
            return try #require(Int(line.dropFirst(6).trimmingPrefix(while: \.isWhitespace), radix: 8))
        }
        throw SystemError(call: "readlink", number: 2, path: path)
    }
    #endif
}
