import Synchronization

/// Lets a number of requests run at once; others wait in turn.
///
/// A slot is a request that sends: files in one request and parts of larger files take from the same number, so that
/// memory has one bound. The number may follow the answers of the server: see ``ConcurrencyWindow``.
package final class UploadSlots: Sendable {
    /// What a request tells about the server while it holds its slot.
    package struct Slot: Sendable {
        fileprivate let slots: UploadSlots
        fileprivate let epoch: Int

        /// The server answered 429 or 503, and when to come back where it said so.
        package func refused(retryAfter: Duration?) {
            slots.refused(startedIn: epoch, retryAfter: retryAfter)
        }

        /// The server did what was asked.
        package func succeeded() { slots.succeeded() }
    }

    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Int, any Error>
    }

    private struct State {
        var window: ConcurrencyWindow
        var running = 0
        var waiters: [Waiter] = []
        var nextID = 0
        /// Waiters that were cancelled before they began to wait.
        var cancelled: Set<Int> = []
        /// Until when nothing new is sent, because the server said so.
        var pausedUntil: ContinuousClock.Instant?

        /// Takes those out of the queue that may start now.
        mutating func admit() -> [Waiter] {
            let count = min(max(0, window.limit - running), waiters.count)
            guard count > 0 else { return [] }
            running += count
            defer { waiters.removeFirst(count) }
            return Array(waiters[..<count])
        }
    }

    private let state: Mutex<State>
    private let clock: ClientClock
    private let longestPause: Duration

    /// A number that stays.
    package convenience init(_ count: Int) {
        self.init(ConcurrencyWindow(start: count, maximum: count), clock: .continuous, longestPause: .zero)
    }

    /// A number that follows the answers of the server.
    package init(_ window: ConcurrencyWindow, clock: ClientClock, longestPause: Duration) {
        state = Mutex(State(window: window))
        self.clock = clock
        self.longestPause = longestPause
    }

    /// How many may run now.
    package var limit: Int { state.withLock { $0.window.limit } }

    package func withSlot<Value>(_ body: () async throws -> Value) async throws -> Value {
        try await withSlot { _ in try await body() }
    }

    package func withSlot<Value>(_ body: (Slot) async throws -> Value) async throws -> Value {
        let epoch = try await take()
        defer { give() }
        while let pause = pause() { try await clock.sleep(pause) }
        return try await body(Slot(slots: self, epoch: epoch))
    }

    private func pause() -> Duration? {
        let now = clock.now()
        return state.withLock { state in
            guard let until = state.pausedUntil, until > now else { return nil }
            return until - now
        }
    }

    /// - Returns: The epoch of the window.
    private func take() async throws -> Int {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Int, any Error>? = state.withLock { state in
                    if state.cancelled.contains(id) { return .failure(CancellationError()) }
                    if state.running < state.window.limit {
                        state.running += 1
                        return .success(state.window.epoch)
                    }
                    state.waiters.append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    private func give() { change { $0.running -= 1 } }

    private func succeeded() { change { $0.window.succeeded() } }

    private func refused(startedIn epoch: Int, retryAfter: Duration?) {
        let until = retryAfter.map { clock.now().advanced(by: min($0, longestPause)) }
        change { state in
            state.window.refused(startedIn: epoch)
            if let until { state.pausedUntil = max(state.pausedUntil ?? until, until) }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let (admitted, epoch) = state.withLock { state in
            body(&state)
            return (state.admit(), state.window.epoch)
        }
        for waiter in admitted { waiter.continuation.resume(returning: epoch) }
    }
}
