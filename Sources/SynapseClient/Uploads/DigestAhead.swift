import Crypto
import Synchronization

/// Hashes a file beside the sending of it, so that the wait for an answer is used.
///
/// It reads the file by itself, a little ahead of the sender, and keeps nothing of what it read: what comes ahead is in
/// the system's page cache when the sender needs it. The digests of everything up to the ends of chunks are kept until
/// the server has acknowledged them.
package final class DigestAhead: Sendable {
    /// Bytes that are read at once.
    package static let pieceByteCount = 256 << 10
    /// Bytes that the hashing runs ahead of the sending at most; more would push out of the cache what is not sent yet.
    private static let aheadByteCount: Int64 = 64 << 20

    private struct State {
        var position: Int64 = 0
        /// How far hashing may go.
        var limit: Int64 = 0
        /// Digests are kept at `base` and every `step` from there, and at the places in `wanted`.
        var base: Int64 = 0
        var step: Int64
        var wanted: Set<Int64> = []
        var digests: [Int64: String] = [:]
        var startsOver = false

        /// Where hashing stops next; the position itself when it has to wait.
        func goal(byteCount: Int64) -> Int64 {
            let steps = max(0, position - base) / step + 1
            let planned = position < base ? base : base + steps * step
            let stop = wanted.filter { $0 > position }.min() ?? byteCount
            return min(max(limit, position), planned, stop, byteCount)
        }

        func isStop(byteCount: Int64) -> Bool {
            position == byteCount || wanted.contains(position)
                || (position >= base && (position - base).isMultiple(of: step))
        }
    }

    private let source: FileSource
    private let state: Mutex<State>
    private let allowed: AsyncStream<Void>
    private let allowedContinuation: AsyncStream<Void>.Continuation
    private let reached: AsyncStream<Void>
    private let reachedContinuation: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - source: The file.
    ///   - chunkByteCount: Bytes between two places whose digest is wanted.
    package init(_ source: FileSource, chunkByteCount: Int64) {
        self.source = source
        state = Mutex(State(step: min(max(1, chunkByteCount), max(1, source.byteCount))))
        (allowed, allowedContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (reached, reachedContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Hashes what it may until it is cancelled.
    ///
    /// - Throws: ``ClientError`` coded `fileUnreadable` or `fileChanged`.
    @concurrent
    package func run() async throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceByteCount, alignment: 16)
        defer { unsafe buffer.deallocate() }
        var signal = allowed.makeAsyncIterator()
        var digest = Insecure.MD5()
        while !Task.isCancelled {
            let (position, goal) = state.withLock { state in
                if state.startsOver {
                    state.startsOver = false
                    digest = Insecure.MD5()
                }
                return (state.position, state.goal(byteCount: source.byteCount))
            }
            guard position < goal else {
                if await signal.next() == nil { return }
                continue
            }
            let wanted = Int(min(Int64(buffer.count), goal - position))
            let count = try unsafe source.read(
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: position)
            if count == 0 { throw source.endedEarly() }
            unsafe digest.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            note(position + Int64(count), digest)
            // Others use the same few threads: they get one after each MiB, some 2 ms.
            if (position + Int64(count)) & 0xFFFFF < Int64(count) { await Task.yield() }
        }
    }

    private func note(_ position: Int64, _ digest: Insecure.MD5) {
        let isStop = state.withLock { state in
            guard !state.startsOver else { return false }
            state.position = position
            guard state.isStop(byteCount: source.byteCount) else { return false }
            state.digests[position] = Hexadecimal.text(digest.finalize())
            return true
        }
        if isStop { reachedContinuation.yield() }
    }

    /// Begins at the first byte, reading the file again.
    package func startOver() {
        change { state in
            state = State(step: state.step)
            state.startsOver = true
        }
    }

    /// Sets the place from which chunks are counted, and forgets digests of what lies before it.
    package func plan(from offset: Int64) {
        change { state in
            state.base = offset
            state.digests = state.digests.filter { $0.key >= offset }
            state.limit = max(state.limit, offset + Self.ahead(of: state.step))
        }
    }

    /// Lets the hashing run a little ahead of what was sent.
    package func noteSent(_ offset: Int64) {
        change { $0.limit = max($0.limit, offset + Self.ahead(of: $0.step)) }
    }

    /// The MD5 of everything up to `offset` in hexadecimal digits, once it is there.
    ///
    /// - Returns: `nil` when the hashing had passed the place before anybody wanted its digest.
    /// - Throws: `CancellationError`.
    package func digest(at offset: Int64) async throws -> String? {
        change { state in
            state.wanted.insert(offset)
            state.limit = max(state.limit, offset)
        }
        defer { state.withLock { _ = $0.wanted.remove(offset) } }
        var signal = reached.makeAsyncIterator()
        while true {
            let (digest, isPast) = state.withLock { ($0.digests[offset], $0.position > offset) }
            if let digest { return digest }
            if isPast { return nil }
            if await signal.next() == nil { throw CancellationError() }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { body(&$0) }
        allowedContinuation.yield()
    }

    /// Few chunks ahead, so that few digests are kept where chunks are small.
    private static func ahead(of step: Int64) -> Int64 {
        let (chunks, overflow) = step.multipliedReportingOverflow(by: 8)
        return overflow ? aheadByteCount : min(aheadByteCount, chunks)
    }
}
