import Logging

/// What the server does between requests: notes of tokens, and rows that have expired.
struct Maintenance: Sendable {
    private static let interval: Duration = .seconds(60)
    private static let sweepEvery = 60

    let services: Services

    /// Runs until it is cancelled; a failure is logged and tried again at the next turn.
    func run() async throws {
        var turn = 0
        while true {
            try await Task.sleep(for: Self.interval)
            turn += 1
            do {
                try await services.authenticator.recordUse()
                if services.executor != nil {
                    try await services.database.write { try EmbeddedAgent.register($0, url: nil) }
                }
                if turn % Self.sweepEvery == 0 { try await sweep() }
            } catch {
                if Task.isCancelled { throw CancellationError() }
                services.logger.warning("maintenance failed", metadata: ["error": "\(type(of: error))"])
            }
        }
    }

    func sweep() async throws {
        let sweep = StartupSweep(database: services.database, files: services.files, logger: services.logger)
        let expired = try await services.files.run {
            var report = SweepReport()
            try sweep.sweepRows(&report)
            return try sweep.expiredUploads()
        }
        for id in expired { try await discard(id, sweep) }
        if let executor = services.executor { try await JobSweep(executor: executor, services: services).run() }
    }

    /// Removes the bytes of an upload unless a request that held it has made it live on.
    private func discard(_ id: String, _ sweep: StartupSweep) async throws {
        try await services.assembler.locks.withLock(id) {
            try await services.files.run { [assembler = services.assembler] in
                if try sweep.expiredUploads().contains(id) { assembler.discard(id) }
            }
        }
    }
}
