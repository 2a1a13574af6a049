import Crypto
import Synchronization

/// Hashes a file while it is sent, each byte once, and uses the wait for an answer.
///
/// What is being sent is hashed as it is read. While an answer is waited for, the file is hashed ahead by a reader of its
/// own, which keeps nothing: the system has it in its page cache when it is sent. The digests of everything up to the
/// ends of chunks are kept until the server has acknowledged them.
package final class DigestAhead: BodyDigest {
    /// Bytes that are read at once.
    package static let pieceByteCount = 256 << 10
    /// Bytes that the hashing runs ahead of the sending at most; more would push out of the cache what is not sent yet.
    private static let aheadByteCount: Int64 = 64 << 20

    private struct State {
        var md5 = Insecure.MD5()
        var position: Int64 = 0
        /// How far hashing ahead may go.
        var limit: Int64 = 0
        /// Where the chunk ends that is being read; hashing ahead would only take time from it.
        var sendingTo: Int64?
        /// Digests are kept at `base` and every `step` from there, and at the places in `wanted`.
        var base: Int64 = 0
        var step: Int64
        var wanted: Set<Int64> = []
        var digests: [Int64: String] = [:]

        /// The next place whose digest is kept.
        func stop(byteCount: Int64) -> Int64 {
            let steps = max(0, position - base) / step + 1
            let planned = position < base ? base : base + steps * step
            return min(planned, wanted.filter { $0 > position }.min() ?? byteCount, byteCount)
        }

        /// Where hashing ahead stops next; the position itself when it has to wait.
        func goal(byteCount: Int64) -> Int64 {
            guard sendingTo == nil || !wanted.isEmpty else { return position }
            return min(max(limit, position), stop(byteCount: byteCount))
        }

        /// Hashes what of these bytes comes next.
        ///
        /// - Returns: Whether a digest was kept.
        mutating func take(_ bytes: UnsafeRawBufferPointer, at offset: Int64, byteCount: Int64) -> Bool {
            var hasKept = false
            while position >= offset, position < offset + Int64(bytes.count) {
                let stop = stop(byteCount: byteCount)
                let end = stop > position ? min(stop, offset + Int64(bytes.count)) : offset + Int64(bytes.count)
                let part = Int(position - offset)..<Int(end - offset)
                unsafe md5.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[part]))
                position = end
                guard end == stop else { continue }
                digests[end] = Hexadecimal.text(md5.finalize())
                hasKept = true
            }
            return hasKept
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

    /// Hashes ahead what it may until it is cancelled.
    ///
    /// - Throws: ``ClientError`` coded `fileUnreadable` or `fileChanged`.
    @concurrent
    package func run() async throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceByteCount, alignment: 16)
        defer { unsafe buffer.deallocate() }
        var signal = allowed.makeAsyncIterator()
        while !Task.isCancelled {
            let (position, goal) = state.withLock { ($0.position, $0.goal(byteCount: source.byteCount)) }
            guard position < goal else {
                if await signal.next() == nil { return }
                continue
            }
            let wanted = Int(min(Int64(buffer.count), goal - position))
            let count = try unsafe source.read(
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: position)
            if count == 0 { throw source.endedEarly() }
            unsafe take(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: position)
            // Others use the same few threads: they get one after each MiB, some 2 ms.
            if (position + Int64(count)) & 0xFFFFF < Int64(count) { await Task.yield() }
        }
    }

    /// Takes bytes that are about to be sent; those that were hashed ahead are passed over.
    package func absorb(_ bytes: UnsafeRawBufferPointer, at offset: Int64) {
        unsafe take(bytes, at: offset)
        let isLast = state.withLock { $0.sendingTo.map { offset + Int64(bytes.count) >= $0 } ?? false }
        if isLast { endSending() }
    }

    /// Whoever comes first hashes; the other waits for one piece at most, half a millisecond.
    private func take(_ bytes: UnsafeRawBufferPointer, at offset: Int64) {
        let hasKept = state.withLock { unsafe $0.take(bytes, at: offset, byteCount: source.byteCount) }
        if hasKept { reachedContinuation.yield() }
    }

    /// Begins at the first byte, reading the file again.
    package func startOver() {
        change { $0 = State(step: $0.step) }
    }

    /// A chunk is going to be read: chunks are counted from its start, and digests of what lies before are forgotten.
    package func beginSending(_ range: Range<Int64>) {
        change { state in
            state.base = range.lowerBound
            state.digests = state.digests.filter { $0.key >= range.lowerBound }
            state.sendingTo = range.upperBound
        }
    }

    /// All of the chunk was read, or it was given up: hashing may run ahead of it.
    package func endSending() {
        change { state in
            guard let end = state.sendingTo else { return }
            state.sendingTo = nil
            state.limit = max(state.limit, end + Self.ahead(of: state.step))
        }
    }

    /// The MD5 of everything up to `offset` in hexadecimal digits, once it is there.
    ///
    /// - Returns: `nil` when the hashing had passed the place before anybody wanted its digest, or the file has no such
    ///   place.
    /// - Throws: `CancellationError`.
    package func digest(at offset: Int64) async throws -> String? {
        guard offset <= source.byteCount else { return nil }
        change { state in
            if state.position == offset, state.digests[offset] == nil {
                state.digests[offset] = Hexadecimal.text(state.md5.finalize())
            }
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
