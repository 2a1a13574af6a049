import Synchronization

/// Remembers for a few seconds whether runs can begin, so that readers of agents do not each ask a cluster.
final class ExecutorHealthMemory: Sendable {
    private static let lifetime: Duration = .seconds(5)

    private let known = Mutex<(health: JobExecutorHealth, askedAt: ContinuousClock.Instant)?>(nil)

    func health(of executor: (any JobExecutor)?) async -> JobExecutorHealth {
        guard let executor else { return .unavailable("This server was started without running jobs.") }
        if let known = known.withLock({ $0 }), known.askedAt.duration(to: .now) < Self.lifetime { return known.health }
        return await ask(executor)
    }

    /// Asks in any case, and remembers the answer.
    func ask(_ executor: any JobExecutor) async -> JobExecutorHealth {
        let health = await executor.health()
        known.withLock { $0 = (health, .now) }
        return health
    }
}
