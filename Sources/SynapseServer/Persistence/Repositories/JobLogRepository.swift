import GRDB
import SynapseModels

/// Reads and writes the log entries of one tenant's jobs.
///
/// Source: docs/wire-protocol.md, "Job logs".
struct JobLogRepository: Sendable {
    /// Entries of a job that come with it when its log is asked for.
    static let expandedCount = 1000

    static let definition = ListDefinition(
        table: .jobLog,
        columns: JobLogRecord.columns,
        orderings: ["created": "job_log.created"],
        searched: ["job_log.event", "job_log.data"],
        filters: ListDefinition.common(.jobLog)
            + [
                job,
                .words("event", "job_log.event"),
                .words("step", "job_log.step"),
                ListFilter(key: "level") { values throws(ListFilter.Problem) in
                    .oneOf("job_log.level", values.map { $0.lowercased() })
                },
            ] + ListFilter.timeComparisons("created", "job_log.created"),
        refused: ["data", "datetime", "file"]
    )

    private static let job = ListFilter(key: "job") { values throws(ListFilter.Problem) in
        let uuid = Condition.oneOf("job.uuid", values.map { $0.lowercased() })
        let id = Condition.oneOf("job.id", values.compactMap { Int64($0) })
        return Condition(
            sql: """
                job_log.job_id IN (SELECT job.id FROM job
                    WHERE job.tenant_id = job_log.tenant_id AND (\(uuid.sql) OR \(id.sql)))
                """,
            arguments: uuid.arguments + id.arguments)
    }

    let tenant: Int64

    /// The last entries of jobs, in order.
    func latest(_ db: Database, _ jobs: [Int64]) throws -> [Int64: [JobLogRecord]] {
        var logs: [Int64: [JobLogRecord]] = [:]
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(JobLogRecord.columns) FROM job_log WHERE job_id = ? AND tenant_id = ?
                ORDER BY id DESC LIMIT \(Self.expandedCount)
                """)
        for job in Set(jobs) {
            logs[job] = try Row.fetchAll(statement, arguments: [job, tenant]).map(JobLogRecord.init).reversed()
        }
        return logs
    }

    /// Writes entries, or finds those that are there, and answers them in order; all or none.
    ///
    /// - Throws: ``RowErrors`` that says for each entry what is wrong with it.
    func create(
        _ db: Database, _ entries: [JobLogValues], _ contents: [Int: StoredContent], in store: LocalFileStore,
        _ named: (String) -> Void
    ) throws -> [JobLogRecord] {
        var failures = RowErrors(count: entries.count)
        var jobs: [String: Int64] = [:]
        let repository = JobRepository(tenant: tenant)
        for (index, entry) in entries.enumerated() where jobs[entry.job] == nil {
            if let job = try repository.find(db, entry.job) {
                jobs[entry.job] = job.id
            } else {
                failures.rows[index].add("job", APIError.unknownKeyText(entry.job))
            }
        }
        try failures.throwIfAny()
        let read = try db.cachedStatement(sql: "SELECT \(JobLogRecord.columns) FROM job_log WHERE id = ?")
        return try entries.enumerated().compactMap { index, entry in
            guard let job = jobs[entry.job] else { return nil }
            let id = try insert(db, job, entry, contents[index], store, named)
            return try Row.fetchOne(read, arguments: [id]).map(JobLogRecord.init)
        }
    }

    private func insert(
        _ db: Database, _ job: Int64, _ entry: JobLogValues, _ content: StoredContent?, _ store: LocalFileStore,
        _ named: (String) -> Void
    ) throws -> Int64 {
        let digest = RequestFingerprint(
            entry.datetime, entry.event, entry.data, entry.step ?? "", entry.level ?? "", content?.digests.sha1 ?? "",
            entry.salt ?? ""
        ).finalize()
        let existing = try db.cachedStatement(sql: "SELECT id FROM job_log WHERE job_id = ? AND digest = ?")
        if let id = try Int64.fetchOne(existing, arguments: [job, digest]) { return id }
        var storedFile: Int64?
        if let content {
            let adoption = try StoredFileRepository(tenant: tenant).adopt(
                db, name: content.name, content.digests, in: store)
            if adoption.isNew { named(content.name) }
            storedFile = adoption.id
        }
        try db.cachedStatement(
            sql: """
                INSERT INTO job_log (tenant_id, job_id, event, step, level, data, datetime, digest, stored_file_id,
                    original_name, created)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            tenant, job, entry.event, entry.step, entry.level, entry.data, entry.datetime, digest, storedFile,
            content?.originalName, WireTime.now(),
        ])
        return db.lastInsertedRowID
    }
}

/// Content that is on the disk under its final name and waits for a row.
struct StoredContent: Sendable {
    let name: String
    let originalName: String
    let digests: ContentDigests
}
