import GRDB
import SynapseModels

/// Reads and writes which jobs this server runs, for all tenants: the queue is one.
struct JobRunRepository: Sendable {
    /// Those that wait, in the order in which they are taken.
    ///
    /// Tenants take turns: the next job of the one that has the fewest at work, and among those of the one that was
    /// served longest ago. Within a tenant the older job goes first.
    private static let queue = """
        SELECT waiting.job_id, waiting.tenant_id,
            row_number() OVER (ORDER BY
                waiting.rank + (SELECT count(*) FROM job_run AS other WHERE other.tenant_id = waiting.tenant_id
                    AND other.ended IS NULL AND other.executor IS NOT NULL),
                waiting.rank,
                (SELECT max(other.claimed) FROM job_run AS other WHERE other.tenant_id = waiting.tenant_id),
                waiting.job_id) AS place
        FROM (SELECT job_id, tenant_id, row_number() OVER (PARTITION BY tenant_id ORDER BY job_id) AS rank
            FROM job_run WHERE ended IS NULL AND executor IS NULL) AS waiting
        """

    /// Puts a job into the queue.
    func enqueue(_ db: Database, _ job: JobRecord.Key) throws {
        try db.execute(
            sql: "INSERT OR IGNORE INTO job_run (job_id, tenant_id) VALUES (?, ?)", arguments: [job.id, job.tenant])
    }

    func find(_ db: Database, _ job: JobRecord.Key) throws -> JobRunRecord? {
        let statement = try db.cachedStatement(
            sql: "SELECT \(JobRunRecord.columns) FROM job_run WHERE job_id = ? AND tenant_id = ?")
        return try Row.fetchOne(statement, arguments: [job.id, job.tenant]).map(JobRunRecord.init)
    }

    /// Those that were taken and have not ended: what a server that starts goes on with.
    func underWay(_ db: Database) throws -> [JobRunRecord] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT \(JobRunRecord.columns) FROM job_run WHERE ended IS NULL AND executor IS NOT NULL
                ORDER BY claimed, job_id
                """
        ).map(JobRunRecord.init)
    }

    /// Takes the next job of the queue for an executor, when a slot is free.
    func claim(_ db: Database, executor: String, slotCount: Int) throws -> JobRecord.Key? {
        let taken = "SELECT count(*) FROM job_run WHERE ended IS NULL AND executor IS NOT NULL"
        guard try Int.fetchOne(db, sql: taken) ?? 0 < slotCount,
            let row = try Row.fetchOne(db, sql: "\(Self.queue) ORDER BY place LIMIT 1")
        else { return nil }
        let job = JobRecord.Key(tenant: row[1], id: row[0])
        try db.execute(
            sql: "UPDATE job_run SET executor = ?, claimed = ? WHERE job_id = ?",
            arguments: [executor, WireTime.now(), job.id])
        return job
    }

    /// Keeps the handle of a run that is about to begin and the token that it will work with; the token of an attempt
    /// that came to nothing is revoked.
    func prepare(
        _ db: Database, _ job: JobRecord, handle: String, token: String, plugin: String
    ) throws -> JobRunRecord? {
        try revokeToken(db, job.key)
        let row = try AccessTokenRepository(tenant: job.key.tenant).create(
            db, user: job.user, token: token, description: "Job \(job.uuid) of \(plugin)",
            isPersonal: false)
        try db.execute(
            sql: "UPDATE job_run SET handle = ?, access_token_id = ? WHERE job_id = ? AND ended IS NULL",
            arguments: [handle, row.id, job.id])
        return try find(db, job.key)
    }

    /// Notes that a run is on its way: the job runs, unless it says already what has become of it.
    func begin(_ db: Database, _ job: JobRecord.Key) throws -> JobRunRecord? {
        try db.execute(
            sql: "UPDATE job_run SET begun = ?, note = NULL WHERE job_id = ?", arguments: [WireTime.now(), job.id])
        let jobs = JobRepository(tenant: job.tenant)
        let record = try jobs.existing(db, "\(job.id)")
        if record.status == JobStatus.pending.rawValue {
            _ = try jobs.update(db, record, JobChange(status: JobStatus.running.rawValue))
        }
        return try find(db, job)
    }

    /// Says why a job that has a slot still waits.
    func note(_ db: Database, _ job: JobRecord.Key, _ text: String) throws {
        try db.execute(sql: "UPDATE job_run SET note = ? WHERE job_id = ?", arguments: [text, job.id])
    }

    /// Keeps lines together with the position behind them, so that each is kept once whatever comes in between.
    func keep(_ db: Database, _ job: JobRecord.Key, _ lines: [PrintedLine], position: Int64) throws {
        try JobRepository(tenant: job.tenant).append(db, job.id, lines)
        let statement = try db.cachedStatement(sql: "UPDATE job_run SET position = ? WHERE job_id = ?")
        try statement.execute(arguments: [position, job.id])
    }

    /// Asks for the end of a run; one that has not begun ends at once.
    ///
    /// - Returns: The run when it is under way and must be stopped.
    func requestStop(_ db: Database, _ job: JobRecord) throws -> JobRunRecord? {
        guard let run = try find(db, job.key), run.ended == nil else { return nil }
        try db.execute(
            sql: "UPDATE job_run SET stop_requested = coalesce(stop_requested, ?) WHERE job_id = ?",
            arguments: [WireTime.now(), job.id])
        if run.executor == nil { try end(db, job.key) }
        return run.handle == nil ? nil : run
    }

    /// Ends a run: its token opens nothing any more.
    func end(_ db: Database, _ job: JobRecord.Key) throws {
        try revokeToken(db, job)
        try db.execute(
            sql: "UPDATE job_run SET ended = coalesce(ended, ?), note = NULL WHERE job_id = ?",
            arguments: [WireTime.now(), job.id])
    }

    private func revokeToken(_ db: Database, _ job: JobRecord.Key) throws {
        try db.execute(
            sql: """
                UPDATE access_token SET revoked = ? WHERE revoked IS NULL
                    AND id = (SELECT access_token_id FROM job_run WHERE job_id = ?)
                """,
            arguments: [WireTime.now(), job.id])
    }

    /// The runs of an executor that ended before a time and still have traces.
    func discardable(_ db: Database, executor: String, endedBefore time: String) throws -> [(id: Int64, handle: String)]
    {
        try Row.fetchAll(
            db,
            sql: """
                SELECT job_id, handle FROM job_run
                WHERE ended <= ? AND discarded IS NULL AND executor = ? AND handle IS NOT NULL LIMIT 1000
                """,
            arguments: [time, executor]
        ).map { ($0[0], $0[1]) }
    }

    func markDiscarded(_ db: Database, _ job: Int64) throws {
        try db.execute(sql: "UPDATE job_run SET discarded = ? WHERE job_id = ?", arguments: [WireTime.now(), job])
    }

    /// The places of those of a tenant's jobs that wait.
    func places(_ db: Database, tenant: Int64, _ jobs: Set<Int64>) throws -> [Int64: JobQueuePlace] {
        if jobs.isEmpty { return [:] }
        let rows = try Row.fetchAll(
            db, sql: "SELECT job_id, place FROM (\(Self.queue)) WHERE tenant_id = ?", arguments: [tenant])
        let holders = try String.fetchAll(
            db,
            sql: """
                SELECT job.uuid FROM job_run JOIN job ON job.id = job_run.job_id
                WHERE job_run.tenant_id = ? AND job_run.ended IS NULL AND job_run.executor IS NOT NULL ORDER BY job.id
                """,
            arguments: [tenant])
        var places: [Int64: JobQueuePlace] = [:]
        for row in rows where jobs.contains(row[0]) {
            places[row[0]] = JobQueuePlace(position: row[1], reason: "waiting for a free slot", blockers: holders)
        }
        let notes = try Row.fetchAll(
            db,
            sql: """
                SELECT job_id, note FROM job_run
                WHERE tenant_id = ? AND ended IS NULL AND executor IS NOT NULL AND begun IS NULL
                """,
            arguments: [tenant])
        for row in notes where jobs.contains(row[0]) {
            places[row[0]] = JobQueuePlace(position: nil, reason: row[1] ?? "about to begin", blockers: [])
        }
        return places
    }
}
