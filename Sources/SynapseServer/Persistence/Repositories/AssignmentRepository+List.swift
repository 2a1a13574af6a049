import GRDB
import SynapseModels

extension AssignmentRepository {
    static let definition = ListDefinition(
        table: .assignment,
        columns: AssignmentRecord.columns,
        orderings: [
            "created": "assignment.created", "modified": "assignment.modified", "task": "assignment.task_id",
            "user": "assignment.user_id", "reviewer": "assignment.reviewer_id",
            "status_label": "assignment.status_label", "status_review": "assignment.status_review",
            "label_submitted": "assignment.label_submitted", "last_labeled": "assignment.last_labeled",
            "last_reviewed": "assignment.last_reviewed",
            "labeler_last_action_at": "assignment.labeler_last_action_at",
            "reviewer_last_action_at": "assignment.reviewer_last_action_at",
        ],
        searched: ["assignment.data", "assignment.review_description"],
        filters: ListDefinition.common(.assignment)
            + [
                .integers("project", "assignment.project_id"),
                .integers("tasks", "assignment.task_id"),
                .integers("users", "assignment.user_id"),
                .integers("reviewers", "assignment.reviewer_id", isVolatile: true),
                .choices("status_label", "assignment.status_label", of: LabelStatus.known.map(\.rawValue)),
                .choices("status_review", "assignment.status_review", of: ReviewStatus.known.map(\.rawValue)),
                .boolean("is_confirmed", "assignment.is_confirmed = 1"),
                .boolean("is_discarded", "assignment.is_discarded = 1"),
                .boolean("is_discard_confirmed", "assignment.is_discard_confirmed = 1"),
                .boolean("has_data", "assignment.data IS NOT NULL"),
                .integers(
                    "tags", "assignment_tagging.task_tag_id",
                    foundBy: "assignment.id IN (SELECT assignment_id FROM assignment_tagging"),
                .integers(
                    "task_tags", "task_tagging.task_tag_id",
                    foundBy: "assignment.task_id IN (SELECT task_id FROM task_tagging"),
            ] + ListFilter.timeComparisons("created", "assignment.created")
            + [
                "label_submitted", "last_labeled", "last_reviewed", "labeler_last_action_at", "reviewer_last_action_at",
            ].flatMap { ListFilter.timeComparisons($0, "assignment.\($0)", isVolatile: true) },
        refused: [
            "workshop", "workshops", "groups", "stages", "task", "user", "reviewer", "labelers", "data", "meta",
            "data_unit",
        ]
    )

    /// Assignments that count against the project's limit: a confirmed discard frees the place.
    static let takesAPlace = "assignment.is_discard_confirmed = 0"

    func withTags(_ db: Database, _ records: [AssignmentRecord]) throws -> [AssignmentRecord] {
        let tags = try Tagging.assignments.read(db, tenant: tenant, records.map(\.id))
        if tags.isEmpty { return records }
        return records.map { record in
            var record = record
            record.tags = tags[record.id] ?? []
            return record
        }
    }

    /// Reads what rows refer to, as far as it is wanted.
    func expansion(
        _ db: Database, _ records: [AssignmentRecord], _ relations: Relations, _ wanted: FieldSelection
    ) throws -> AssignmentRecord.Expansion {
        var expansion = AssignmentRecord.Expansion()
        if relations.contains("project") {
            expansion.projects = try ProjectRepository(tenant: tenant).find(db, Set(records.map(\.project)))
        }
        if relations.contains("task") {
            let tasks = TaskRepository(tenant: tenant)
            expansion.tasks = try tasks.find(db, Set(records.map(\.task)))
            expansion.ofTasks = try tasks.expansion(
                db, Array(expansion.tasks.values), relations.nested(in: "task"))
        }
        expansion.showsUnits = relations.contains("data_unit")
        if expansion.showsUnits || wanted.contains("file") || wanted.contains("files_manifest") {
            expansion.units = try DataUnitRepository(tenant: tenant).find(db, Set(records.map(\.dataUnit)))
        }
        expansion.showsUser = relations.contains("user")
        expansion.showsReviewer = relations.contains("reviewer")
        if expansion.showsUser || expansion.showsReviewer {
            let users = Set(records.map(\.user)).union(records.compactMap(\.reviewer))
            let members = MemberRepository(tenant: tenant)
            for user in users { expansion.people[user] = try members.find(db, user: user) }
        }
        return expansion
    }
}
