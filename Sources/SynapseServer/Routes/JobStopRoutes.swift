import GRDB
import HTTPTypes
import Logging
import SynapseModels

/// `POST jobs/{id}/stop/`: ends a job.
///
/// Source: docs/wire-protocol.md, "Stopping a job".
enum JobStopRoutes {
    /// How long an answer waits for the end of the job.
    private static let patience: Duration = .seconds(10)

    static func add(to table: inout RouteTable) {
        table.on(.post, "jobs/{id}/stop") { scope in
            let id = try scope.textIdentifier()
            let tenant = scope.identity.tenantID
            let run = try await scope.database.write { db in
                let jobs = JobRepository(tenant: tenant)
                let job = try jobs.existing(db, id)
                let runs = JobRunRepository()
                // A job may have said what became of it and go on: that word stays, and what goes on is ended.
                let lingers =
                    try JobStatusRules.isFinal(job.status) && runs.find(db, job.key).map { $0.ended == nil } ?? false
                if !lingers { try JobStatusRules.check(job.status, JobStatus.stopped.rawValue) }
                let run = try runs.requestStop(db, job)
                // What does not run here has nobody else to end it.
                if run == nil, !lingers { _ = try jobs.update(db, job, JobChange(status: JobStatus.stopped.rawValue)) }
                return run
            }
            note(scope)
            if let run {
                try await stop(run, scope.services)
                try await waitForEnd(run.job, scope)
            }
            return try await scope.database.read { db in
                let record = try JobRepository(tenant: tenant).existing(db, id)
                return Answer { record.write(to: &$0, .all, scope.links, .init()) }
            }
        }
    }

    /// Ends the processes of a run; an executor that does not answer is asked again by whoever follows the run.
    static func stop(_ run: JobRunRecord, _ services: Services) async throws {
        services.jobSignal.send()
        guard let executor = services.executor, executor.name == run.executor, let handle = run.handle else { return }
        do {
            try await executor.stop(handle)
        } catch let error as JobExecutorError {
            services.logger.warning("a job could not be stopped yet", metadata: ["error": "\(error)"])
        }
    }

    private static func waitForEnd(_ job: JobRecord.Key, _ scope: RequestScope) async throws {
        guard let tail = try? scope.services.watch.follow(job.id, tenant: job.tenant) else { return }
        let deadline = ContinuousClock.now.advanced(by: patience)
        while true {
            let version = tail.version
            let run = try await scope.database.read { try JobRunRepository().find($0, job) }
            if run?.ended != nil || ContinuousClock.now > deadline { return }
            _ = try await tail.wait(after: version, atMost: .milliseconds(500))
        }
    }

    private static func note(_ scope: RequestScope) {
        scope.services.cache.note(
            [TableChange(table: .job, changedExisting: true)], tenant: scope.identity.tenantID)
    }
}
