import GRDB
import SynapseModels

/// A row of `task_tag`.
struct TaskTagRecord: Sendable {
    static let columns = """
        task_tag.id, task_tag.project_id, task_tag.name, task_tag.category, task_tag.description, task_tag.meta, \
        task_tag.created
        """

    let id: Int64
    let project: Int64
    let name: String
    let category: String
    let description: String
    let meta: String
    let created: String

    init(row: Row) {
        id = row[0]
        project = row[1]
        name = row[2]
        category = row[3]
        description = row[4]
        meta = row[5]
        created = row[6]
    }

    func write(to writer: inout JSONWriter, _ wanted: FieldSelection) {
        writer.object { writer in
            writer.member("id", wanted, id)
            writer.member("project", wanted, project)
            writer.member("name", wanted, name)
            writer.member("category", wanted, category)
            writer.member("description", wanted, description)
            writer.member("meta", wanted, RawJSON(stored: meta))
            writer.member("created", wanted, created)
        }
    }
}

/// Reads and writes task tags of one tenant.
struct TaskTagRepository: Sendable {
    static let definition = ListDefinition(
        table: .taskTag,
        columns: TaskTagRecord.columns,
        orderings: ["created": "task_tag.created", "name": "task_tag.name"],
        searched: ["task_tag.name", "task_tag.description"],
        filters: ListDefinition.common(.taskTag)
            + [
                .integers("project", "task_tag.project_id"), .words("category", "task_tag.category"),
                .texts("name", "task_tag.name"),
            ],
        refused: ["tasks", "meta", "description"]
    )

    let tenant: Int64

    func existing(_ db: Database, _ id: Int64) throws -> TaskTagRecord {
        let row = try Row.fetchOne(
            db, sql: "SELECT \(TaskTagRecord.columns) FROM task_tag WHERE tenant_id = ? AND id = ?",
            arguments: [tenant, id])
        guard let row else { throw APIError.notFound }
        return TaskTagRecord(row: row)
    }

    /// Makes a tag, or finds the project's tag of that name.
    ///
    /// A name is one tag of a project, so a request that is sent twice makes one tag.
    func create(
        _ db: Database, project: Int64, name: String, category: String, description: String, meta: String
    ) throws -> TaskTagRecord {
        guard try ProjectRepository(tenant: tenant).find(db, project) != nil else {
            throw APIError.field("project", APIError.unknownKeyText(project))
        }
        let found = try Int64.fetchOne(
            db, sql: "SELECT id FROM task_tag WHERE project_id = ? AND name = ? AND tenant_id = ?",
            arguments: [project, name, tenant])
        if let found { return try existing(db, found) }
        try db.execute(
            sql: """
                INSERT INTO task_tag (tenant_id, project_id, name, category, description, meta, created)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [tenant, project, name, category, description, meta, WireTime.now()])
        return try existing(db, db.lastInsertedRowID)
    }
}
