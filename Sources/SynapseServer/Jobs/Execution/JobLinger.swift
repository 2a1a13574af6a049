import GRDB
import Logging
import SynapseModels

/// Ends a run that goes on long after its job has said what became of it, so that it holds no slot for ever.
struct JobLinger: Sendable {
    private static let longestPause: Duration = .seconds(5)
    private static let retryPause: Duration = .seconds(10)

    let executor: any JobExecutor
    let services: Services

    /// Runs a closure that follows a run, and watches the run meanwhile.
    func watching(
        _ job: JobRecord.Key, _ handle: String, _ follow: () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await watch(job, handle) }
            defer { group.cancelAll() }
            try await follow()
        }
    }

    /// Does not fail but by being cancelled: what cannot be read now is read at the next turn.
    private func watch(_ job: JobRecord.Key, _ handle: String) async throws {
        let limit = services.configuration.jobs.lingerLimit
        var reportedSince: ContinuousClock.Instant?
        var isNoted = false
        while true {
            try await Task.sleep(for: min(limit, Self.longestPause))
            guard let status = try? await status(of: job), JobStatusRules.isFinal(status) else { continue }
            let since = reportedSince ?? .now
            reportedSince = since
            if since.duration(to: .now) < limit { continue }
            if !isNoted { isNoted = await note(job, status, limit) }
            do {
                try await executor.stop(handle)
            } catch let error as JobExecutorError {
                services.logger.warning("a job could not be ended yet", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: Self.retryPause)
        }
    }

    private func status(of job: JobRecord.Key) async throws -> String {
        try await services.database.read { try JobRepository(tenant: job.tenant).existing($0, "\(job.id)").status }
    }

    private func note(_ job: JobRecord.Key, _ status: String, _ limit: Duration) async -> Bool {
        let seconds = Int(limit / .seconds(1))
        let text = "The job had reported \(status) and went on for \(seconds) seconds; the server ends it."
        services.logger.notice("a job that has reported its end goes on and is ended", metadata: ["job": "\(job.id)"])
        do {
            try await services.jobs.append([PrintedLine(text: text, created: WireTime.now())], to: job)
            return true
        } catch {
            return false
        }
    }
}
