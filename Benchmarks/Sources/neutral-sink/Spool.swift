import Crypto
import NIOConcurrencyHelpers
import NIOCore

/// What a client sent as one file, until its digest is wanted.
enum FileContent {
    case small(ByteBuffer)
    case spooled(Spool)

    /// The MD5 of all bytes; empties a spool.
    func digest() -> String {
        switch self {
        case .small(let bytes):
            bytes.readableBytesView.withUnsafeBytes { hexadecimal(Insecure.MD5.hash(data: $0)) }
        case .spooled(let spool): spool.digest()
        }
    }
}

/// The bytes of a large file, put aside as they come and digested after the run, when it costs no rival anything.
///
/// Its memory is used again by the next one: fresh pages would cost about as much as a digest.
final class Spool: Sendable {
    private static let blockByteCount = 4 << 20
    private static let free = NIOLockedValueBox<[ByteBuffer]>([])

    private let blocks = NIOLockedValueBox<[ByteBuffer]>([])

    func append(_ bytes: ByteBufferView) {
        blocks.withLockedValue { blocks in
            var rest = bytes[...]
            while !rest.isEmpty {
                if blocks.last.map({ $0.readableBytes == Self.blockByteCount }) ?? true {
                    let block = Self.free.withLockedValue { $0.popLast() }
                    blocks.append(block ?? ByteBufferAllocator().buffer(capacity: Self.blockByteCount))
                }
                let last = blocks.count - 1
                let part = rest.prefix(Self.blockByteCount - blocks[last].readableBytes)
                blocks[last].writeBytes(part)
                rest = rest.dropFirst(part.count)
            }
        }
    }

    /// The MD5 of all bytes; empties the spool.
    func digest() -> String {
        var md5 = Insecure.MD5()
        blocks.withLockedValue { blocks in
            while !blocks.isEmpty {
                var block = blocks.removeFirst()
                block.readableBytesView.withUnsafeBytes { md5.update(bufferPointer: $0) }
                block.clear()
                Self.free.withLockedValue { $0.append(block) }
            }
        }
        return hexadecimal(md5.finalize())
    }
}
