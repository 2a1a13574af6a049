import GRDB

/// Puts task tags on rows, or takes them off.
struct Tagging: Sendable {
    /// The table of the rows that get tags: each has a project.
    let table: String
    /// The table of what has which tag, and its column for the row.
    let links: (table: String, column: String)
    /// What messages call the rows.
    let noun: String

    static let tasks = Tagging(table: "task", links: ("task_tagging", "task_id"), noun: "Tasks")
    static let assignments = Tagging(
        table: "assignment", links: ("assignment_tagging", "assignment_id"), noun: "Assignments")

    /// - Throws: ``APIError`` that names the identifiers that are not the tenant's, or tags of another project.
    func set(_ db: Database, tenant: Int64, _ update: TagsForm) throws {
        let projectsOfRows = try projects(db, tenant, table, update.ids, field: update.idsKey)
        let projectsOfTags = try projects(db, tenant, "task_tag", update.tags, field: update.tagsKey)
        guard projectsOfTags.union(projectsOfRows).count <= 1 else {
            throw APIError.field(update.tagsKey, "\(noun) and tags must be of one project.")
        }
        let sql =
            update.isAdding
            ? "INSERT OR IGNORE INTO \(links.table) (tenant_id, \(links.column), task_tag_id) VALUES (?, ?, ?)"
            : "DELETE FROM \(links.table) WHERE tenant_id = ? AND \(links.column) = ? AND task_tag_id = ?"
        let statement = try db.cachedStatement(sql: sql)
        for id in update.ids {
            for tag in update.tags { try statement.execute(arguments: [tenant, id, tag]) }
        }
    }

    /// The tags of each row, in order.
    func read(_ db: Database, tenant: Int64, _ ids: [Int64]) throws -> [Int64: [Int64]] {
        let condition = Condition.oneOf(links.column, ids)
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT \(links.column), task_tag_id FROM \(links.table) WHERE tenant_id = ? AND \(condition.sql)
                ORDER BY \(links.column), task_tag_id
                """,
            arguments: [tenant] + StatementArguments(condition.arguments))
        return rows.reduce(into: [:]) { tags, row in tags[row[0], default: []].append(row[1]) }
    }

    private func projects(
        _ db: Database, _ tenant: Int64, _ table: String, _ ids: [Int64], field: String
    ) throws -> Set<Int64> {
        let statement = try db.cachedStatement(sql: "SELECT project_id FROM \(table) WHERE id = ? AND tenant_id = ?")
        var found: Set<Int64> = []
        var errors = FieldErrors()
        var unknownCount = 0
        // An answer names no more than these: a list of a hundred thousand helps nobody.
        for id in Set(ids).sorted() where unknownCount < 100 {
            if let project = try Int64.fetchOne(statement, arguments: [id, tenant]) {
                found.insert(project)
            } else {
                errors.add(field, APIError.unknownKeyText(id))
                unknownCount += 1
            }
        }
        try errors.throwIfAny()
        return found
    }
}
