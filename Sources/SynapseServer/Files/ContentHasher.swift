import Crypto
import NIOCore

/// The digests and the length of bytes seen so far, both kinds that clients look files up by.
struct ContentHasher: Sendable {
    private var md5 = Insecure.MD5()
    private var sha1 = Insecure.SHA1()
    private(set) var byteCount: Int64 = 0

    mutating func update(_ buffer: ByteBuffer) {
        unsafe buffer.withUnsafeReadableBytes { bytes in
            unsafe md5.update(bufferPointer: bytes)
            unsafe sha1.update(bufferPointer: bytes)
        }
        byteCount += Int64(buffer.readableBytes)
    }

    func finalize() -> ContentDigests {
        ContentDigests(
            md5: Hexadecimal.text(md5.finalize()),
            sha1: Hexadecimal.text(sha1.finalize()),
            byteCount: byteCount
        )
    }
}

/// What identifies a file's content within a tenant.
///
/// The two digests together with the length are the identity: a pair of files that agrees in both is not known to exist.
struct ContentDigests: Sendable, Hashable {
    let md5: String
    let sha1: String
    let byteCount: Int64
}
