package import SynapseClient
import Synchronization

/// A clock that only moves when something sleeps, every pause being noted and over at once, or when it is told to.
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

    /// What the clock shows.
    package var now: ContinuousClock.Instant { start.advanced(by: state.withLock { $0.offset }) }

    /// Moves the clock; sleeps that are under way do not end by it.
    package func advance(by duration: Duration) {
        state.withLock { $0.offset += duration }
    }

    /// The clock to inject.
    package var clock: ClientClock {
        ClientClock(
            now: { [self] in now },
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
