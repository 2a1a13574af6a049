import NIOCore
import Synchronization

/// Compares bytes that come with those of a file, and keeps none.
final class ComparingSink: ByteSink, Sendable {
    private struct State {
        var position: Int64
        var isEqual = true
    }

    private let file: OpenFile
    private let state: Mutex<State>

    init(file: OpenFile, start: Int64) {
        self.file = file
        state = Mutex(State(position: start))
    }

    /// Whether all that came is what the file has in its place.
    var isEqual: Bool { state.withLock { $0.isEqual } }

    var parts: [@Sendable (ByteBuffer) throws -> Void] { [compare] }

    private func compare(_ buffer: ByteBuffer) throws {
        guard buffer.readableBytes > 0 else { return }
        try state.withLock { state in
            let stored = try file.read(at: state.position, count: buffer.readableBytes)
            state.isEqual = state.isEqual && stored == buffer
            state.position += Int64(buffer.readableBytes)
        }
    }
}
