import Crypto
import Synchronization

/// The running MD5 of a file that is sent in chunks, fed while the bytes go out.
///
/// An attempt that is repeated must not be hashed twice. So the state at the start of the chunk is kept as a value:
/// reading a range again starts from there. ``commit(to:)`` moves that start forward once the server has taken the
/// bytes.
package final class ChunkDigest: BodyDigest {
    private struct State {
        var start: Insecure.MD5
        var startOffset: Int64
        var running: Insecure.MD5
        var runningOffset: Int64
    }

    private let state: Mutex<State>

    package init() {
        state = Mutex(State(start: .init(), startOffset: 0, running: .init(), runningOffset: 0))
    }

    /// The offset up to which the digest is safe.
    package var committedOffset: Int64 { state.withLock { $0.startOffset } }

    /// Takes bytes of the chunk; those at its start begin it anew, because it is being read again.
    package func absorb(_ bytes: UnsafeRawBufferPointer, at offset: Int64) {
        state.withLock { state in
            if offset == state.startOffset {
                state.running = state.start
                state.runningOffset = offset
            }
            guard offset == state.runningOffset else { return }
            unsafe state.running.update(bufferPointer: bytes)
            state.runningOffset += Int64(bytes.count)
        }
    }

    /// Takes the bytes up to `offset` for good.
    ///
    /// - Returns: Whether exactly these bytes were hashed. When not, ``rebuild(from:to:)`` has to be called.
    package func commit(to offset: Int64) -> Bool {
        state.withLock { state in
            if state.runningOffset == offset {
                state.start = state.running
                state.startOffset = offset
                return true
            }
            return state.startOffset == offset
        }
    }

    /// Hashes the file up to `offset`, from the last safe state where that lies before it, else from the beginning.
    package func rebuild(from source: FileSource, to offset: Int64) throws(ClientError) {
        var (digest, position) = state.withLock { state in
            state.startOffset <= offset ? (state.start, state.startOffset) : (Insecure.MD5(), 0)
        }
        let capacity = HTTPBody.pieceByteCount
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        defer { unsafe buffer.deallocate() }
        while position < offset {
            let wanted = Int(min(Int64(capacity), offset - position))
            let count = try unsafe source.read(
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: position)
            if count == 0 { throw source.endedEarly() }
            unsafe digest.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            position += Int64(count)
        }
        let (rebuilt, end) = (digest, position)
        state.withLock { state in
            state = State(start: rebuilt, startOffset: end, running: rebuilt, runningOffset: end)
        }
    }

    /// The digest of everything up to the committed offset, in hexadecimal.
    package var hexadecimal: String {
        state.withLock { Hexadecimal.text($0.start.finalize()) }
    }
}
