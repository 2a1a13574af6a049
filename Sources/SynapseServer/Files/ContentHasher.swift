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

/// Lower-case hexadecimal text.
enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether a text is that many lower-case digits and nothing else.
    static func isText(_ text: some StringProtocol, digitCount: Int) -> Bool {
        text.utf8.count == digitCount && text.utf8.allSatisfy(digits.contains)
    }

    static func random(byteCount: Int) -> String {
        // The generator asks the system for each number that it makes: few large ones.
        var bytes: [UInt8] = []
        while bytes.count < byteCount {
            unsafe withUnsafeBytes(of: UInt64.random(in: .min ... .max)) { unsafe bytes.append(contentsOf: $0) }
        }
        return text(bytes.prefix(byteCount))
    }
}
