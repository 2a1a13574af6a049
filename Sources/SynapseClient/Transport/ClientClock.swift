/// The time that retries and deadlines go by.
///
/// Tests move it by hand.
package struct ClientClock: Sendable {
    /// The present.
    package var now: @Sendable () -> ContinuousClock.Instant
    /// Waits; ends early with `CancellationError` when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> ContinuousClock.Instant,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The clock of the machine.
    package static let continuous = ClientClock(
        now: { ContinuousClock.now },
        sleep: { try await Task.sleep(for: $0, clock: .continuous) }
    )
}
