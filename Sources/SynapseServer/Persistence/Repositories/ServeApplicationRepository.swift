import GRDB
import SynapseModels

/// Reads and writes the applications that one tenant's jobs serve.
struct ServeApplicationRepository: Sendable {
    static let definition = ListDefinition(
        table: .serveApplication,
        columns: ServeApplicationRecord.columns,
        orderings: ["created": "serve_application.created", "status": "serve_application.status"],
        searched: ["serve_application.data"],
        filters: ListDefinition.common(.serveApplication)
            + [
                ofJobs("plugin_code") { values throws(ListFilter.Problem) in
                    let wanted = Condition.oneOf("plugin.code", values)
                    return Condition(
                        sql: """
                            job.plugin_release_id IN (SELECT plugin_release.id FROM plugin_release
                                JOIN plugin ON plugin.id = plugin_release.plugin_id WHERE \(wanted.sql))
                            """,
                        arguments: wanted.arguments)
                },
                ofJobs("job__agent") { values throws(ListFilter.Problem) in
                    .oneOf("job.agent_id", try ListFilter.integers(values))
                },
                ofJobs("agent") { values throws(ListFilter.Problem) in
                    .oneOf("job.agent_id", try ListFilter.integers(values))
                },
                ofJobs("job") { values throws(ListFilter.Problem) in
                    .oneOf("job.uuid", values.map { $0.lowercased() })
                },
                ListFilter(key: "status") { values throws(ListFilter.Problem) in
                    .oneOf("serve_application.status", values.map { $0.uppercased() }, isVolatile: true)
                },
            ] + ListFilter.timeComparisons("created", "serve_application.created"),
        refused: ["data", "plugin_release", "action"]
    )

    private static func ofJobs(
        _ key: String, _ condition: @escaping @Sendable ([String]) throws(ListFilter.Problem) -> Condition
    ) -> ListFilter {
        ListFilter(key: key) { values throws(ListFilter.Problem) in
            let wanted = try condition(values)
            return Condition(
                sql: """
                    serve_application.job_id IN (SELECT job.id FROM job
                        WHERE job.tenant_id = serve_application.tenant_id AND \(wanted.sql))
                    """,
                arguments: wanted.arguments, isVolatile: true)
        }
    }

    let tenant: Int64

    func existing(_ db: Database, _ id: Int64) throws -> ServeApplicationRecord {
        let row = try Row.fetchOne(
            db,
            sql: "SELECT \(ServeApplicationRecord.columns) FROM serve_application WHERE tenant_id = ? AND id = ?",
            arguments: [tenant, id])
        guard let row else { throw APIError.notFound }
        return ServeApplicationRecord(row: row)
    }

    func update(_ db: Database, _ id: Int64, status: String, data: String) throws -> ServeApplicationRecord {
        try db.execute(
            sql: "UPDATE serve_application SET status = ?, data = ? WHERE id = ? AND tenant_id = ?",
            arguments: [status, data, id, tenant])
        return try existing(db, id)
    }

    func create(_ db: Database, job: Int64, status: String, data: String) throws -> ServeApplicationRecord {
        try db.execute(
            sql: "INSERT INTO serve_application (tenant_id, job_id, status, data, created) VALUES (?, ?, ?, ?, ?)",
            arguments: [tenant, job, status, data, WireTime.now()])
        return try existing(db, db.lastInsertedRowID)
    }
}
