package import SynapseClient
import Synchronization

/// A clock that only moves when something sleeps: every pause is noted and over at once.
package final class ManualClock: Sendable {
    private struct State {
        var offset: Duration = .zero
        var pauses: [Duration] = []
    }

    private let start = ContinuousClock.now
    private let state = Mutex(State())
    /// Longer sleeps than this never end by themselves: they are deadlines, which a test does not wait for.
    private let longest: Duration

    package init(longestPause: Duration = .seconds(100)) { longest = longestPause }

    /// The pauses so far, in order.
    package var pauses: [Duration] { state.withLock { $0.pauses } }

    /// The clock to inject.
    package var clock: ClientClock {
        ClientClock(
            now: { [self] in start.advanced(by: state.withLock { $0.offset }) },
            sleep: { [self] duration in
                guard duration <= longest else {
                    try await Task.sleep(for: .seconds(3600), clock: .continuous)
                    return
                }
                try Task.checkCancellation()
                state.withLock { state in
                    state.offset += duration
                    state.pauses.append(duration)
                }
                await Task.yield()
            }
        )
    }
}
