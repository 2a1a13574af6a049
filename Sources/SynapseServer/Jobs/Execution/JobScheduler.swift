import GRDB
import Logging
import SynapseModels

/// Runs the jobs that wait for this server: at most so many at once, tenants in turn, the older first within a tenant.
///
/// All that it knows is in the database, so a server that starts goes on where another ended. The tasks that follow
/// runs are children of ``run()``: none outlives it. The runs themselves may: they are followed again after a restart.
struct JobScheduler: Sendable {
    /// Before the database is asked again.
    private static let pause: Duration = .seconds(5)

    let executor: any JobExecutor
    let services: Services
    /// Where jobs reach this server.
    let backendURL: String

    /// Runs until it is cancelled.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for run in try await services.database.read({ try JobRunRepository().underWay($0) }) {
                group.addTask { try await conduct(run.job) }
            }
            services.jobSignal.send()
            for await _ in services.jobSignal.stream {
                do {
                    while let job = try await claim() { group.addTask { try await conduct(job) } }
                } catch {
                    if Task.isCancelled { throw CancellationError() }
                    services.logger.warning("the queue of jobs cannot be read", metadata: ["error": "\(error)"])
                    // Nothing else may call for the jobs that wait.
                    try await Task.sleep(for: Self.pause)
                    services.jobSignal.send()
                }
            }
            throw CancellationError()
        }
    }

    private func claim() async throws -> JobRecord.Key? {
        let slotCount = services.configuration.jobs.slotCount
        return try await services.database.write { [name = executor.name] db in
            try JobRunRepository().claim(db, executor: name, slotCount: slotCount)
        }
    }

    /// Sees one job to its end, which is its own affair: no failure of it ends the others.
    ///
    /// Its slot is free when its end is written. While the database takes nothing, as on a full disk, the run goes on,
    /// and what it prints waits where it is written: it is followed again from the line that was kept last.
    private func conduct(_ job: JobRecord.Key) async throws {
        defer { services.jobSignal.send() }
        let conductor = JobConductor(executor: executor, services: services, backendURL: backendURL)
        try await services.jobs.withOutput(of: job) {
            /// Why the job is given up.
            var reason: String?
            while true {
                do {
                    guard let reason else { return try await conductor.run(job) }
                    return try await conductor.giveUp(job, reason)
                } catch {
                    if Task.isCancelled { throw CancellationError() }
                    let metadata: Logger.Metadata = ["job": "\(job.id)", "error": "\(error)"]
                    if reason == nil, !ServerDatabase.mayPass(error) {
                        services.logger.error("a job is given up", metadata: metadata)
                        reason =
                            (error as? JobExecutorError)?.message
                            ?? "The server could not go on with the job: \(error)."
                        continue
                    }
                    services.logger.warning("a job waits for the database", metadata: metadata)
                    try await Task.sleep(for: Self.pause)
                }
            }
        }
    }
}
