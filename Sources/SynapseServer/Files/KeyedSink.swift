import Crypto
import NIOCore
import Synchronization

/// Passes a chunk on and digests it when its request has an idempotency key.
final class KeyedSink: ByteSink, Sendable {
    private let sink: ChunkSink?
    private let hasher: Mutex<SHA256?>

    init(_ sink: ChunkSink?, isKeyed: Bool) {
        self.sink = sink
        hasher = Mutex(isKeyed ? SHA256() : nil)
    }

    var digest: String { hasher.withLock { $0.map { Hexadecimal.text($0.finalize()) } ?? "" } }

    var parts: [@Sendable (ByteBuffer) throws -> Void] { (sink?.parts ?? []) + [note] }

    private func note(_ buffer: ByteBuffer) {
        hasher.withLock { hasher in
            unsafe buffer.withUnsafeReadableBytes { unsafe hasher?.update(bufferPointer: $0) }
        }
    }

    func synchronize() throws { try sink?.synchronize() }
}
