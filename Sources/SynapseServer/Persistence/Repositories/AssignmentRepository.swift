import GRDB
import HTTPTypes
import SynapseModels

/// Reads and writes assignments of one tenant.
///
/// Source: docs/wire-protocol.md, "HITL".
struct AssignmentRepository: Sendable {
    let tenant: Int64

    func existing(_ db: Database, _ id: Int64) throws -> AssignmentRecord {
        guard let record = try find(db, [id]).first else { throw APIError.notFound }
        return record
    }

    /// The assignments with some identifiers, in order of identifiers.
    func find(_ db: Database, _ ids: Set<Int64>) throws -> [AssignmentRecord] {
        let condition = Condition.oneOf("assignment.id", ids.sorted())
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT \(AssignmentRecord.columns) FROM assignment
                WHERE assignment.tenant_id = ? AND \(condition.sql) ORDER BY assignment.id
                """,
            arguments: [tenant] + StatementArguments(condition.arguments))
        return try withTags(db, rows.map(AssignmentRecord.init))
    }

    /// Gives each task to its worker, or finds the assignment that is there; answers them in order.
    ///
    /// - Throws: ``RowErrors`` that says for each row what is wrong with it; then none is made.
    func create(_ db: Database, _ rows: [AssignmentValues], by identity: Identity) throws -> [AssignmentRecord] {
        var failures = RowErrors(count: rows.count)
        var ids: [Int64] = []
        for (index, values) in rows.enumerated() {
            do {
                ids.append(try create(db, values, by: identity))
            } catch let error as FieldProblems {
                failures.rows[index] = error.errors
            }
        }
        try failures.throwIfAny()
        let records = Dictionary(try find(db, Set(ids)).map { ($0.id, $0) }) { first, _ in first }
        return ids.compactMap { records[$0] }
    }

    private struct FieldProblems: Error { let errors: FieldErrors }

    private func create(_ db: Database, _ values: AssignmentValues, by identity: Identity) throws -> Int64 {
        var errors = FieldErrors()
        let task = try TaskRepository(tenant: tenant).find(db, [values.task])[values.task]
        if task == nil { errors.add("task", APIError.unknownKeyText(values.task)) }
        if let problem = try problem(db, member: values.user) { errors.add("user", problem) }
        if let reviewer = values.reviewer, let problem = try problem(db, member: reviewer) {
            errors.add("reviewer", problem)
        }
        guard errors.isEmpty, let task, let project = try ProjectRepository(tenant: tenant).find(db, task.project)
        else { throw FieldProblems(errors: errors) }
        if identity.role < .admin {
            guard identity.role == .member, project.values.enableWorkforce, values.user == identity.userID else {
                throw APIError(
                    .forbidden,
                    "Only an administrator or an owner gives out tasks; members take tasks for themselves in projects "
                        + "with enable_workforce.")
            }
        }
        let found = try Row.fetchOne(
            db, sql: "SELECT id, reviewer_id FROM assignment WHERE task_id = ? AND user_id = ? AND tenant_id = ?",
            arguments: [task.id, values.user, tenant])
        if let found {
            if let reviewer = values.reviewer, reviewer != found[1] as Int64? {
                let id: Int64 = found[0]
                let text = "The task is given to the user already, as assignment \(id) with another reviewer."
                throw FieldProblems(errors: FieldErrors("reviewer", text))
            }
            return found[0]
        }
        if task.isDiscarded { throw FieldProblems(errors: FieldErrors("task", "The task \(task.id) is discarded.")) }
        if let problem = try placeProblem(db, task: task.id, project) {
            throw FieldProblems(errors: FieldErrors("task", problem))
        }
        let now = WireTime.now()
        try db.cachedStatement(
            sql: """
                INSERT INTO assignment (tenant_id, project_id, task_id, user_id, reviewer_id, created, modified)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [tenant, task.project, task.id, values.user, values.reviewer, now, now])
        return db.lastInsertedRowID
    }

    /// Why a user can't be given work; nil when there is no reason.
    func problem(_ db: Database, member user: Int64) throws -> String? {
        guard let member = try MemberRepository(tenant: tenant).find(db, user: user) else {
            return APIError.unknownKeyText(user)
        }
        return member.role == .guest ? "The user \(user) is a guest, who can be given no work." : nil
    }

    /// Why a task can be given to nobody else; a limit of 0 is none.
    func placeProblem(_ db: Database, task: Int64, _ project: ProjectRecord) throws -> String? {
        let limit = project.values.maximumAssignments
        guard limit > 0 else { return nil }
        let count = try Int64.fetchOne(
            db.cachedStatement(
                sql: "SELECT COUNT(*) FROM assignment WHERE task_id = ? AND \(Self.takesAPlace)"), arguments: [task])
        guard let count, count >= limit else { return nil }
        return "The task \(task) has \(count) assignments; its project allows \(limit)."
    }

    /// Stores what a step changed, and answers the assignment.
    func save(_ db: Database, _ record: AssignmentRecord) throws -> AssignmentRecord {
        try db.cachedStatement(
            sql: """
                UPDATE assignment SET reviewer_id = ?, status_label = ?, status_review = ?, is_confirmed = ?,
                    is_discarded = ?, is_discard_confirmed = ?, review_description = ?, data = ?, modified = ?,
                    label_submitted = ?, last_labeled = ?, last_reviewed = ?, labeler_last_action_at = ?,
                    reviewer_last_action_at = ?
                WHERE id = ? AND tenant_id = ?
                """
        ).execute(arguments: [
            record.reviewer, record.walk.label.rawValue, record.walk.review.rawValue, record.walk.isConfirmed,
            record.walk.isDiscarded, record.walk.isDiscardConfirmed, record.reviewDescription, record.data,
            WireTime.now(), record.labelSubmitted, record.lastLabeled, record.lastReviewed, record.labelerLastAction,
            record.reviewerLastAction, record.id, tenant,
        ])
        return try existing(db, record.id)
    }

    /// A task is discarded as long as it has assignments and each of them is, with the discard confirmed.
    func updateDiscard(_ db: Database, task: Int64) throws {
        try db.execute(
            sql: """
                UPDATE task SET modified = ?, is_discarded =
                    NOT EXISTS (SELECT 1 FROM assignment WHERE task_id = task.id AND \(Self.takesAPlace))
                WHERE id = ? AND tenant_id = ?
                """,
            arguments: [WireTime.now(), task, tenant])
    }
}

/// What a client sends to make an assignment.
struct AssignmentValues: Sendable {
    var task: Int64
    var user: Int64
    var reviewer: Int64?
}
