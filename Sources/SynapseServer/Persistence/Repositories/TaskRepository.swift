import GRDB
import SynapseModels

/// Reads and writes tasks of one tenant.
///
/// Source: docs/wire-protocol.md, "Tasks".
struct TaskRepository: Sendable {
    static let definition = ListDefinition(
        table: .task,
        columns: TaskRecord.columns,
        orderings: ["created": "task.created", "modified": "task.modified", "data_unit": "task.data_unit_id"],
        searched: ["task.data", "task.meta"],
        filters: ListDefinition.common(.task)
            + [
                .integers("project", "task.project_id"),
                .integers("data_unit", "task.data_unit_id"),
                .words("schema", "task.schema", isVolatile: true),
                .boolean("is_discarded", "task.is_discarded = 1"),
                .boolean("is_submitted", "task.is_submitted = 1"),
                .boolean("has_data", "task.data IS NOT NULL"),
                tags,
            ] + assignmentFilters + ListFilter.timeComparisons("created", "task.created"),
        refused: [
            "groups", "stages", "workshops", "workshop", "discarded_filter", "users", "data", "meta",
        ]
    )

    /// What the assignments of a task say about it; each looks for one assignment by itself.
    private static let assignmentFilters: [ListFilter] = [
        .boolean("has_assignment", "task.id IN (SELECT task_id FROM assignment)"),
        .boolean(
            "has_reached_max_assignments",
            """
            (SELECT count_max_assignments_per_task FROM project WHERE project.id = task.project_id) BETWEEN 1 AND \
            (SELECT COUNT(*) FROM assignment WHERE assignment.task_id = task.id AND \(AssignmentRepository.takesAPlace))
            """),
        .integers("assignments", "assignment.id", foundBy: ofAssignments),
        .integers("labelers", "assignment.user_id", foundBy: ofAssignments),
        .integers("reviewers", "assignment.reviewer_id", foundBy: ofAssignments),
        .choices(
            "status_label", "assignment.status_label", of: LabelStatus.known.map(\.rawValue), foundBy: ofAssignments),
        .choices(
            "status_review", "assignment.status_review", of: ReviewStatus.known.map(\.rawValue), foundBy: ofAssignments),
        ListFilter(key: "assignments__is_discarded") { values throws(ListFilter.Problem) in
            guard values.count == 1, let value = QueryParameters.boolean(values[0]) else {
                throw ListFilter.Problem(message: "Must be a valid boolean.")
            }
            return Condition(
                sql: "\(ofAssignments) WHERE assignment.is_discarded = \(value ? 1 : 0))", isVolatile: true)
        },
    ]

    private static let ofAssignments = "task.id IN (SELECT assignment.task_id FROM assignment"

    private static let tags = ListFilter(key: "tags") { values throws(ListFilter.Problem) in
        let wanted = Condition.oneOf("task_tagging.task_tag_id", try ListFilter.integers(values))
        return Condition(
            sql: "task.id IN (SELECT task_id FROM task_tagging WHERE \(wanted.sql))", arguments: wanted.arguments,
            isVolatile: true)
    }

    let tenant: Int64

    func existing(_ db: Database, _ id: Int64) throws -> TaskRecord {
        guard let record = try find(db, [id])[id] else { throw APIError.notFound }
        return record
    }

    func find(_ db: Database, _ ids: Set<Int64>) throws -> [Int64: TaskRecord] {
        let condition = Condition.oneOf("task.id", ids.sorted())
        let rows = try Row.fetchAll(
            db, sql: "SELECT \(TaskRecord.columns) FROM task WHERE tenant_id = ? AND \(condition.sql)",
            arguments: [tenant] + StatementArguments(condition.arguments))
        let records = try withTags(db, rows.map(TaskRecord.init))
        return Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
    }

    func withTags(_ db: Database, _ records: [TaskRecord]) throws -> [TaskRecord] {
        let tags = try Tagging.tasks.read(db, tenant: tenant, records.map(\.id))
        if tags.isEmpty { return records }
        return records.map { record in
            var record = record
            record.tags = tags[record.id] ?? []
            return record
        }
    }

    /// Reads what rows refer to.
    ///
    /// The manifest of files comes with the unit, or when it is asked for by name: most who list tasks want neither,
    /// and a page would be twice as large.
    func expansion(
        _ db: Database, _ records: [TaskRecord], _ names: Set<String>, _ wanted: FieldSelection = .all
    ) throws -> TaskRecord.Expansion {
        var expansion = TaskRecord.Expansion()
        if names.contains("project") {
            expansion.projects = try ProjectRepository(tenant: tenant).find(db, Set(records.map(\.project)))
        }
        expansion.showsUnits = names.contains("data_unit")
        if expansion.showsUnits || wanted.names?.contains("files_manifest") ?? false {
            expansion.units = try DataUnitRepository(tenant: tenant).find(db, Set(records.map(\.dataUnit)))
        }
        return expansion
    }

    /// Makes one task for each pair of project and unit, or finds the one that is there; answers them in order.
    ///
    /// - Throws: ``RowErrors`` that says for each pair what is wrong with it; then none is made.
    func create(_ db: Database, _ pairs: [TaskValues]) throws -> [TaskRecord] {
        var failures = RowErrors(count: pairs.count)
        var projects: [Int64: ProjectRecord?] = [:]
        let collectionOfUnit = try db.cachedStatement(
            sql: "SELECT data_collection_id FROM data_unit WHERE id = ? AND tenant_id = ?")
        for (index, pair) in pairs.enumerated() {
            let project = try projects[pair.project] ?? ProjectRepository(tenant: tenant).find(db, pair.project)
            projects[pair.project] = .some(project)
            guard let project else {
                failures.rows[index].add("project", APIError.unknownKeyText(pair.project))
                continue
            }
            guard let collection = try Int64.fetchOne(collectionOfUnit, arguments: [pair.dataUnit, tenant]) else {
                failures.rows[index].add("data_unit", APIError.unknownKeyText(pair.dataUnit))
                continue
            }
            if collection != project.values.dataCollection {
                failures.rows[index].add(
                    "data_unit", "The data unit \(pair.dataUnit) is not of the project's collection.")
            }
        }
        try failures.throwIfAny()
        let ids = try pairs.map { try insert(db, $0) }
        let records = try find(db, Set(ids))
        return ids.compactMap { records[$0] }
    }

    private func insert(_ db: Database, _ pair: TaskValues) throws -> Int64 {
        let existing = try db.cachedStatement(
            sql: "SELECT id FROM task WHERE project_id = ? AND data_unit_id = ? AND tenant_id = ?")
        if let id = try Int64.fetchOne(existing, arguments: [pair.project, pair.dataUnit, tenant]) { return id }
        let now = WireTime.now()
        try db.cachedStatement(
            sql: """
                INSERT INTO task (tenant_id, project_id, data_unit_id, created, modified, meta) VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [tenant, pair.project, pair.dataUnit, now, now, pair.meta])
        let id = db.lastInsertedRowID
        try db.cachedStatement(sql: "UPDATE project SET task_count = task_count + 1 WHERE id = ?")
            .execute(arguments: [pair.project])
        return id
    }

    /// Stores annotation data and answers the task; what is not given stays.
    ///
    /// - Throws: ``APIError`` with status 404 when there is no such task, 400 when there would be no data to hand in.
    func annotate(
        _ db: Database, _ id: Int64, data: FieldUpdate<String>, isSubmitted: Bool, schema: String?
    ) throws -> TaskRecord {
        let (keepsData, text): (Bool, String?) =
            switch data {
            case .keep: (true, nil)
            case .clear: (false, nil)
            case .set(let text): (false, text)
            }
        if isSubmitted, text == nil {
            let kept = try existing(db, id).data
            if !keepsData || kept == nil { throw APIError.field("data", "There is no data to hand in.") }
        }
        try db.cachedStatement(
            sql: """
                UPDATE task SET data = iif(?, data, ?), is_submitted = ?, schema = ifnull(?, schema), modified = ?
                WHERE id = ? AND tenant_id = ?
                """
        ).execute(arguments: [keepsData, text, isSubmitted, schema, WireTime.now(), id, tenant])
        return try existing(db, id)
    }
}

/// What a client sends to make a task.
struct TaskValues: Sendable {
    var project: Int64
    var dataUnit: Int64
    var meta: String?
}
