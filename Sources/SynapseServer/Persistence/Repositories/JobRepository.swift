import GRDB
import SynapseModels

/// Reads and writes jobs of one tenant, and what they print.
///
/// Source: docs/wire-protocol.md, "Jobs".
struct JobRepository: Sendable {
    static let definition = ListDefinition(
        table: .job,
        columns: JobRecord.columns,
        orderings: [
            "created": "job.created", "modified": "job.modified", "started": "job.started",
            "completed": "job.completed", "status": "job.status", "action": "job.action",
        ],
        defaultOrdering: ["-id"],
        searched: ["job.uuid", "job.action", "job.params"],
        filters: [
            status, keys("ids", isIn: true), keys("ids_ex", isIn: false), keys("id", isIn: true),
            keys("id__in", isIn: true),
            .integers("agent", "job.agent_id"),
            .words("action", "job.action"),
            .integers("plugin_release", "job.plugin_release_id"),
            plugin("plugin"), plugin("plugin_code"),
            .boolean("is_active", "job.status IN ('PENDING', 'RUNNING')"),
        ] + ListFilter.timeComparisons("created", "job.created")
            + ListFilter.timeComparisons("completed", "job.completed"),
        refused: ["params", "result", "meta", "project", "experiment", "user", "storage", "data_collection"]
    )

    private static let status = ListFilter(key: "status") { values throws(ListFilter.Problem) in
        var words: [String] = []
        for value in values {
            guard let word = JobStatusRules.status(value) else {
                throw ListFilter.Problem(message: "\"\(value.prefix(50))\" is not a valid choice.")
            }
            words.append(word)
        }
        return .oneOf("job.status", words, isVolatile: true)
    }

    private static func keys(_ key: String, isIn: Bool) -> ListFilter {
        ListFilter(key: key) { values throws(ListFilter.Problem) in
            let wanted = Condition.oneOf("job.uuid", values.map { $0.lowercased() })
            return Condition(sql: isIn ? wanted.sql : "NOT (\(wanted.sql))", arguments: wanted.arguments)
        }
    }

    /// Jobs of a plugin, by its code or its number.
    static func plugin(_ key: String) -> ListFilter {
        ListFilter(key: key) { values throws(ListFilter.Problem) in
            let code = Condition.oneOf("plugin.code", values)
            let id = Condition.oneOf("plugin.id", values.compactMap { Int64($0) })
            return Condition(
                sql: """
                    job.plugin_release_id IN (SELECT plugin_release.id FROM plugin_release
                        JOIN plugin ON plugin.id = plugin_release.plugin_id
                        WHERE plugin.tenant_id = job.tenant_id AND (\(code.sql) OR \(id.sql)))
                    """,
                arguments: code.arguments + id.arguments, isVolatile: true)
        }
    }

    let tenant: Int64

    /// The job of a UUID in any case, or of a number.
    func find(_ db: Database, _ text: String) throws -> JobRecord? {
        let isNumber = Int64(text) != nil
        let statement = try db.cachedStatement(
            sql: "SELECT \(JobRecord.columns) FROM job WHERE tenant_id = ? AND \(isNumber ? "id" : "uuid") = ?")
        let key: any DatabaseValueConvertible = Int64(text) ?? text.lowercased()
        return try Row.fetchOne(statement, arguments: [tenant, key]).map(JobRecord.init)
    }

    func existing(_ db: Database, _ text: String) throws -> JobRecord {
        guard let record = try find(db, text) else { throw APIError.notFound }
        return record
    }

    /// Reads what rows refer to, and their logs.
    func expansion(_ db: Database, _ records: [JobRecord], _ names: Set<String>) throws -> JobRecord.Expansion {
        var expansion = JobRecord.Expansion()
        if names.contains("plugin_release") {
            expansion.releases = try JobRelations.releases(db, tenant, Set(records.map(\.release)))
        }
        if names.contains("agent") {
            expansion.agents = try JobRelations.agents(db, tenant, Set(records.compactMap(\.agent)))
        }
        let waiting = records.filter { $0.status == JobStatus.pending.rawValue }.map(\.id)
        expansion.places = try JobRunRepository().places(db, tenant: tenant, Set(waiting))
        if names.contains("logs") {
            expansion.logs = try JobLogRepository(tenant: tenant).latest(db, records.map(\.id))
        }
        return expansion
    }

    func create(_ db: Database, _ values: JobValues) throws -> JobRecord {
        let now = WireTime.now()
        try db.execute(
            sql: """
                INSERT INTO job (tenant_id, uuid, user_id, plugin_release_id, agent_id, storage_id, action, params,
                    language, debug, created, modified)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                tenant, values.uuid ?? UUIDText.make(), values.user, values.release, values.agent, values.storage,
                values.action, values.params, values.language, values.isDebug, now, now,
            ])
        return try existing(db, "\(db.lastInsertedRowID)")
    }

    /// Applies a change: lines first, so that whoever sees the end of a job finds all that it printed.
    ///
    /// - Throws: ``APIError`` when the state must not follow the job's.
    func update(_ db: Database, _ job: JobRecord, _ change: JobChange) throws -> JobRecord {
        let status = change.status ?? job.status
        if let requested = change.status { try JobStatusRules.check(job.status, requested) }
        try append(db, job.id, change.lines)
        let now = WireTime.now()
        let result = change.result.applied(to: job.result)
        var error = change.error ?? job.error
        if error == nil, status == JobStatus.failed.rawValue { error = Self.reason(in: result) }
        let started = job.started ?? (status == JobStatus.running.rawValue ? now : nil)
        // Not before its start, which is noted a moment later, and not after now by another machine's clock.
        let end = min(max(change.completed ?? now, started ?? now), now)
        let completed = job.completed ?? (JobStatusRules.isFinal(status) ? end : nil)
        try db.execute(
            sql: """
                UPDATE job SET status = ?, progress_record = ?, metrics_record = ?, result = ?, meta = ?, error = ?,
                    modified = ?, started = ?, completed = ?
                WHERE id = ? AND tenant_id = ?
                """,
            arguments: [
                status, change.progress.applied(to: job.progress), change.metrics.applied(to: job.metrics), result,
                change.meta ?? job.meta, error, now, started, completed, job.id, tenant,
            ])
        return try existing(db, "\(job.id)")
    }

    /// A failed job says why in `result.error`.
    private static func reason(in result: String?) -> String? {
        guard let raw = result.map(RawJSON.init(stored:)), raw.isObject, let text = raw.value["error"]?.stringValue
        else { return nil }
        return JSONValue.object(["error_type": .null, "message": .string(text)]).description
    }
}

extension JobRepository {
    /// Adds lines behind the last one, without the job's own token.
    func append(_ db: Database, _ job: Int64, _ lines: [PrintedLine]) throws {
        if lines.isEmpty { return }
        let last = try db.cachedStatement(sql: "SELECT max(number) FROM console_line WHERE job_id = ?")
        var number = (try Int64?.fetchOne(last, arguments: [job]) ?? nil).map { $0 + 1 } ?? 0
        let insert = try db.cachedStatement(
            sql: "INSERT INTO console_line (job_id, number, text, created) VALUES (?, ?, ?, ?)")
        let digest = try db.cachedStatement(
            sql: """
                SELECT access_token.sha256 FROM job_run JOIN access_token ON access_token.id = job_run.access_token_id
                WHERE job_run.job_id = ?
                """)
        let mask = try String.fetchOne(digest, arguments: [job]).map(ConsoleMask.init)
        for line in lines {
            try insert.execute(arguments: [job, number, mask?.text(of: line.text) ?? line.text, line.created])
            number += 1
        }
    }

    /// Hands out each line of a job, in order.
    func forEachLine(_ db: Database, _ job: Int64, _ body: (PrintedLine) throws -> Void) throws {
        let lines = try Row.fetchCursor(
            db, sql: "SELECT text, created FROM console_line WHERE job_id = ? ORDER BY number", arguments: [job])
        while let line = try lines.next() { try body(PrintedLine(text: line[0], created: line[1])) }
    }

    /// Lines from a number on, up to a number of them and about a number of bytes, and the state of the job at that
    /// moment.
    static func piece(
        _ db: Database, _ job: Int64, from first: Int64, _ maximumCount: Int, _ maximumByteCount: Int
    ) throws -> (lines: [PrintedLine], status: String) {
        let status = try db.cachedStatement(sql: "SELECT status FROM job WHERE id = ?")
        let state = try String.fetchOne(status, arguments: [job]) ?? JobStatus.failed.rawValue
        let statement = try db.cachedStatement(
            sql: "SELECT text, created FROM console_line WHERE job_id = ? AND number >= ? ORDER BY number LIMIT ?")
        let cursor = try Row.fetchCursor(statement, arguments: [job, first, maximumCount])
        var lines: [PrintedLine] = []
        var byteCount = 0
        while byteCount < maximumByteCount, let row = try cursor.next() {
            let line = PrintedLine(text: row[0], created: row[1])
            byteCount += line.text.utf8.count
            lines.append(line)
        }
        return (lines, state)
    }
}

extension FieldUpdate where Value == String {
    func applied(to old: String?) -> String? {
        switch self {
        case .keep: old
        case .clear: nil
        case .set(let value): value
        }
    }
}
