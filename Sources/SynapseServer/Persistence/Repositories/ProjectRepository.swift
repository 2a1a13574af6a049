import GRDB
import SynapseModels

/// Reads and writes projects of one tenant.
struct ProjectRepository: Sendable {
    static let definition = ListDefinition(
        table: .project,
        columns: ProjectRecord.columns,
        orderings: ["created": "project.created", "title": "project.title", "category": "project.category"],
        searched: ["project.title", "project.description"],
        filters: ListDefinition.common(.project)
            + [
                .integers("data_collection", "project.data_collection_id", isVolatile: true),
                .words("category", "project.category", isVolatile: true),
                .words("access_level", "project.access_level", isVolatile: true),
                .boolean("is_archived", "project.is_archived = 1"),
            ] + ListFilter.timeComparisons("created", "project.created"),
        refused: ["title", "description", "configuration", "settings"]
    )

    let tenant: Int64

    func find(_ db: Database, _ id: Int64) throws -> ProjectRecord? {
        try find(db, [id])[id]
    }

    func find(_ db: Database, _ ids: Set<Int64>) throws -> [Int64: ProjectRecord] {
        let condition = Condition.oneOf("project.id", ids.sorted())
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT \(ProjectRecord.columns) FROM project WHERE tenant_id = ? AND \(condition.sql)",
            arguments: [tenant] + StatementArguments(condition.arguments))
        return Dictionary(rows.map(ProjectRecord.init).map { ($0.id, $0) }) { first, _ in first }
    }

    /// - Throws: ``APIError`` when the collection is not the tenant's.
    func create(_ db: Database, _ values: ProjectValues) throws -> ProjectRecord {
        try checkCollection(db, values.dataCollection)
        try db.execute(
            sql: """
                INSERT INTO project (tenant_id, data_collection_id, title, description, category, configuration,
                    settings, caution, access_level, count_max_assignments_per_task, can_discard, enable_workforce,
                    is_archived, created)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [tenant] + arguments(values) + [WireTime.now()])
        return try existing(db, db.lastInsertedRowID)
    }

    func update(_ db: Database, _ id: Int64, _ values: ProjectValues) throws -> ProjectRecord {
        let old = try existing(db, id)
        if old.values.dataCollection != values.dataCollection {
            try checkCollection(db, values.dataCollection)
            // Tasks hold units of the old collection; units of another collection beside them would mix the two.
            if old.taskCount > 0 {
                throw APIError.field("data_collection", "A project that has tasks keeps its data collection.")
            }
        }
        try db.execute(
            sql: """
                UPDATE project SET data_collection_id = ?, title = ?, description = ?, category = ?, configuration = ?,
                    settings = ?, caution = ?, access_level = ?, count_max_assignments_per_task = ?, can_discard = ?,
                    enable_workforce = ?, is_archived = ?
                WHERE id = ? AND tenant_id = ?
                """,
            arguments: arguments(values) + [id, tenant])
        return try existing(db, id)
    }

    func existing(_ db: Database, _ id: Int64) throws -> ProjectRecord {
        guard let record = try find(db, id) else { throw APIError.notFound }
        return record
    }

    private func checkCollection(_ db: Database, _ id: Int64?) throws {
        guard let id else { return }
        if try DataCollectionRepository(tenant: tenant).find(db, id) == nil {
            throw APIError.field("data_collection", APIError.unknownKeyText(id))
        }
    }

    private func arguments(_ values: ProjectValues) -> StatementArguments {
        [
            values.dataCollection, values.title, values.description, values.category, values.configuration,
            values.settings, values.caution, values.accessLevel, values.maximumAssignments, values.canDiscard,
            values.enableWorkforce, values.isArchived,
        ]
    }
}

extension APIError {
    /// The text for a relation to a row that the tenant does not have.
    static func unknownKeyText(_ id: some CustomStringConvertible) -> String {
        let text = id.description
        // What a client sent may be of any length.
        return "Invalid pk \"\(text.count > 100 ? text.prefix(100) + "…" : text)\" - object does not exist."
    }
}
