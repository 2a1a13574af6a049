import GRDB
import SynapseModels

/// Decides, when a job is made, whether this server runs it.
///
/// It runs jobs of releases that have an archive, unless they name an agent of somebody else. Any other job waits for
/// whoever drives it over the API, as agents and tests do.
enum JobIntake {
    /// Puts a job into the queue, or ends it when its action can never be run here.
    static func take(_ db: Database, _ job: JobRecord) throws {
        let tenant = job.key.tenant
        let release = try PluginReleaseRepository(tenant: tenant).existing(db, job.release)
        guard release.file != nil, job.status == JobStatus.pending.rawValue else { return }
        if let agent = job.agent {
            let isOwn = "SELECT is_embedded FROM agent WHERE id = ? AND tenant_id = ?"
            guard try Bool.fetchOne(db, sql: isOwn, arguments: [agent, tenant]) ?? false else { return }
        }
        do {
            _ = try JobRunPlan.entrypoint(of: job.action, in: release)
            try JobRunRepository().enqueue(db, job.key)
        } catch let error as JobExecutorError {
            let text = JSONValue.object(["error_type": "refused", "message": .string(error.message)]).description
            var change = JobChange(status: JobStatus.failed.rawValue)
            change.error = text
            _ = try JobRepository(tenant: tenant).update(db, job, change)
        }
    }
}
