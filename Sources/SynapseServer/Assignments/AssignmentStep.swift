import GRDB
import HTTPTypes
import SynapseModels

/// One change of an assignment: who may do it, what it does, and when.
struct AssignmentStep: Sendable {
    let identity: Identity
    let repository: AssignmentRepository
    let now = WireTime.now()

    init(_ identity: Identity) {
        self.identity = identity
        repository = AssignmentRepository(tenant: identity.tenantID)
    }

    private enum Part {
        case worker
        case reviewer
    }

    /// - Throws: ``APIError`` with status 403 for somebody who has no part in the assignment.
    private func check(_ part: Part, _ record: AssignmentRecord) throws(APIError) {
        if identity.role >= .admin { return }
        let person = part == .worker ? record.user : record.reviewer
        guard identity.role == .member, person == identity.userID else {
            throw APIError(
                .forbidden,
                "Only the \(part == .worker ? "worker" : "reviewer") of the assignment, an administrator or an owner may "
                    + "do this.")
        }
    }

    func label(
        _ db: Database, _ old: AssignmentRecord, _ action: AssignmentAction, _ data: FieldUpdate<String>
    ) throws -> AssignmentRecord {
        try check(.worker, old)
        var record = old
        try record.walk.label(action)
        switch data {
        case .keep: break
        case .clear: record.data = nil
        case .set(let text): record.data = text
        }
        if action == .submit {
            guard record.data != nil else { throw APIError.field("data", "There is no data to hand in.") }
            record.labelSubmitted = now
        }
        if data != .keep || action == .submit { record.lastLabeled = now }
        record.labelerLastAction = now
        return try repository.save(db, record)
    }

    func review(
        _ db: Database, _ old: AssignmentRecord, _ action: ReviewAction, _ description: String?
    ) throws -> AssignmentRecord {
        try check(.reviewer, old)
        var record = old
        try record.walk.review(action)
        if let description { record.reviewDescription = description }
        // Whoever reviews first is the reviewer.
        record.reviewer = old.reviewer ?? identity.userID
        record.lastReviewed = now
        record.reviewerLastAction = now
        return try repository.save(db, record)
    }

    /// Accepts the result: its data becomes the task's, handed in.
    ///
    /// Of several assignments the one that was confirmed last counts.
    func confirm(_ db: Database, _ old: AssignmentRecord) throws -> AssignmentRecord {
        try check(.reviewer, old)
        var record = old
        try record.walk.confirm(hasReviewer: old.reviewer != nil)
        record.reviewerLastAction = now
        let tasks = TaskRepository(tenant: identity.tenantID)
        _ = try tasks.annotate(db, record.task, data: .set(record.data ?? "null"), isSubmitted: true, schema: nil)
        return try repository.save(db, record)
    }

    func discard(_ db: Database, _ old: AssignmentRecord, _ isDiscarded: Bool) throws -> AssignmentRecord {
        try check(.worker, old)
        guard let project = try ProjectRepository(tenant: identity.tenantID).find(db, old.project) else {
            throw APIError.notFound
        }
        if identity.role < .admin {
            if isDiscarded, !project.values.canDiscard {
                throw APIError.field("is_discarded", "The project does not let workers discard (can_discard is false).")
            }
            if old.walk.isDiscardConfirmed {
                throw APIError(.forbidden, "Only an administrator or an owner takes back a discard that is confirmed.")
            }
        }
        if !isDiscarded, old.walk.isDiscardConfirmed,
            let problem = try repository.placeProblem(db, task: old.task, project)
        {
            throw APIError.field("is_discarded", problem)
        }
        var record = old
        try record.walk.discard(isDiscarded)
        record.labelerLastAction = now
        let saved = try repository.save(db, record)
        if old.walk.isDiscardConfirmed { try repository.updateDiscard(db, task: old.task) }
        return saved
    }

    func confirmDiscard(_ db: Database, _ old: AssignmentRecord) throws -> AssignmentRecord {
        try check(.reviewer, old)
        var record = old
        try record.walk.confirmDiscard()
        record.reviewerLastAction = now
        let saved = try repository.save(db, record)
        try repository.updateDiscard(db, task: old.task)
        return saved
    }

    func setReviewer(_ db: Database, _ old: AssignmentRecord, _ reviewer: Int64?) throws -> AssignmentRecord {
        try identity.requireAdministrator()
        try old.walk.checkOpen("reviewer", "it keeps its reviewer")
        if let reviewer, let problem = try repository.problem(db, member: reviewer) {
            throw APIError.field("reviewer", problem)
        }
        var record = old
        record.reviewer = reviewer
        return try repository.save(db, record)
    }
}
