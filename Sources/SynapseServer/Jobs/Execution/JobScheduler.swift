import GRDB
import Logging
import SynapseModels

/// Runs the jobs that wait for this server: at most so many at once, tenants in turn, the older first within a tenant.
///
/// All that it knows is in the database, so a server that starts goes on where another ended. The tasks that follow
/// runs are children of ``run()``: none outlives it. The runs themselves may: they are followed again after a restart.
struct JobScheduler: Sendable {
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
                while let job = try await claim() { group.addTask { try await conduct(job) } }
            }
            throw CancellationError()
        }
    }

    private func claim() async throws -> JobRecord.Key? {
        let slotCount = services.configuration.jobs.slotCount
        do {
            return try await services.database.write { [name = executor.name] db in
                try JobRunRepository().claim(db, executor: name, slotCount: slotCount)
            }
        } catch {
            if Task.isCancelled { throw CancellationError() }
            services.logger.warning("the queue of jobs cannot be read", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Sees one job to its end, which is its own affair: no failure of it ends the others.
    private func conduct(_ job: JobRecord.Key) async throws {
        defer { services.jobSignal.send() }
        let conductor = JobConductor(executor: executor, services: services, backendURL: backendURL)
        try await services.jobs.withOutput(of: job) {
            do {
                try await conductor.run(job)
            } catch {
                if Task.isCancelled { throw CancellationError() }
                services.logger.error("a job was given up", metadata: ["job": "\(job.id)", "error": "\(error)"])
                let text = (error as? JobExecutorError)?.message ?? "The server could not go on with the job: \(error)."
                try? await conductor.end(job, JobExit(.preparation, reason: text))
            }
        }
    }
}
