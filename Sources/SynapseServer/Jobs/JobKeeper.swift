import GRDB

/// Changes jobs from inside the server: what runs them appends what they print and says how they end.
///
/// Each call is one transaction; followers are woken when it is committed.
struct JobKeeper: Sendable {
    let database: ServerDatabase
    let cache: ListCache
    let watch: JobWatch

    /// Adds lines to the end of a job's console log.
    func append(_ lines: [PrintedLine], to job: JobRecord.Key) async throws {
        if lines.isEmpty { return }
        try await database.write { db in try JobRepository(tenant: job.tenant).append(db, job.id, lines) }
        watch.signal(job.id)
    }

    /// Changes a job.
    ///
    /// - Throws: ``APIError`` when its state does not allow the new one.
    @discardableResult
    func update(_ job: JobRecord.Key, _ change: JobChange) async throws -> JobRecord {
        let record = try await database.write { db in
            let repository = JobRepository(tenant: job.tenant)
            return try repository.update(db, try repository.existing(db, "\(job.id)"), change)
        }
        cache.note([TableChange(table: .job, changedExisting: true)], tenant: job.tenant)
        watch.signal(job.id)
        return record
    }

    /// Runs a closure that writes a job's output: followers stay until it ends, even when the job says earlier that it
    /// is done.
    func withOutput<Value>(of job: JobRecord.Key, _ body: () async throws -> Value) async rethrows -> Value {
        watch.beginWriting(job.id)
        defer { watch.endWriting(job.id) }
        return try await body()
    }
}
