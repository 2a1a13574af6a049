import Crypto
import NIOCore
import Synchronization

/// A file that is being received: written under a temporary name and hashed on the way.
///
/// Every method blocks: call them on the file thread pool. Calls come one after another, but for the ``parts`` of one
/// piece; the locks only make that safe to state.
final class IncomingFile: Sendable {
    private struct State {
        var file: OpenFile?
        var sha1 = Insecure.SHA1()
        var byteCount: Int64 = 0
        /// Bytes that are on their way to the disk.
        var begunByteCount: Int64 = 0
    }

    /// Bytes of a large file that go to the disk together, while more are received.
    private static let strideByteCount: Int64 = 32 << 20

    let path: String
    private let state = Mutex(State())
    private let md5 = Mutex(Insecure.MD5())

    init(path: String) {
        self.path = path
    }

    private func write(_ buffer: ByteBuffer) throws {
        try state.withLock { state in
            let file = try state.file ?? OpenFile(path: path, mode: .creating)
            state.file = file
            try file.write(buffer, at: state.byteCount)
            unsafe buffer.withUnsafeReadableBytes { unsafe state.sha1.update(bufferPointer: $0) }
            state.byteCount += Int64(buffer.readableBytes)
            if state.byteCount - state.begunByteCount >= Self.strideByteCount {
                file.beginWriting(state.begunByteCount..<state.byteCount)
                state.begunByteCount = state.byteCount
            }
        }
    }

    private func hash(_ buffer: ByteBuffer) {
        md5.withLock { md5 in unsafe buffer.withUnsafeReadableBytes { unsafe md5.update(bufferPointer: $0) } }
    }

    /// Waits until the bytes are on the disk and answers their digests.
    func finish() throws -> ContentDigests {
        try state.withLock { state in
            let file = try state.file ?? OpenFile(path: path, mode: .creating)
            try file.synchronize()
            state.file = nil
            return ContentDigests(
                md5: Hexadecimal.text(md5.withLock { $0.finalize() }), sha1: Hexadecimal.text(state.sha1.finalize()),
                byteCount: state.byteCount)
        }
    }

    /// Removes the temporary file, if it is still there.
    func discard() {
        state.withLock { $0.file = nil }
        try? FileSystem.remove(path)
    }
}

extension IncomingFile: ByteSink {
    func append(_ buffer: ByteBuffer) throws {
        try write(buffer)
        hash(buffer)
    }

    /// MD5, which is the slowest of it, beside the rest.
    var parts: [@Sendable (ByteBuffer) throws -> Void] { [write, hash] }
}
