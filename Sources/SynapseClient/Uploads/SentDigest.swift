import Crypto
import Synchronization

/// The MD5 of a file that goes out in one request, computed from the bytes that are sent.
///
/// A body that is sent again is read again from its start, which begins the digest anew.
package final class SentDigest: BodyDigest {
    private struct State {
        var md5 = Insecure.MD5()
        var byteCount: Int64 = 0
    }

    private let state = Mutex(State())

    package init() {}

    package func absorb(_ bytes: UnsafeRawBufferPointer, at offset: Int64) {
        state.withLock { state in
            if offset == 0 { state = State() }
            guard offset == state.byteCount else { return }
            unsafe state.md5.update(bufferPointer: bytes)
            state.byteCount += Int64(bytes.count)
        }
    }

    /// The digest of the whole file in hexadecimal digits; reads it where not all of it was sent.
    ///
    /// - Throws: ``ClientError`` coded `fileUnreadable` or `fileChanged`, or `CancellationError`.
    package func hexadecimal(of source: FileSource) throws -> String {
        let sent = state.withLock { $0 }
        return sent.byteCount == source.byteCount ? Hexadecimal.text(sent.md5.finalize()) : try source.md5()
    }
}
