import GRDB
import SynapseModels

/// A row of `assignment` with its tags.
struct AssignmentRecord: Sendable {
    static let columns = """
        assignment.id, assignment.project_id, assignment.task_id, \
        (SELECT data_unit_id FROM task WHERE task.id = assignment.task_id), assignment.user_id, \
        assignment.reviewer_id, assignment.status_label, assignment.status_review, assignment.is_confirmed, \
        assignment.is_discarded, assignment.is_discard_confirmed, assignment.review_description, assignment.data, \
        assignment.created, assignment.modified, assignment.label_submitted, assignment.last_labeled, \
        assignment.last_reviewed, assignment.labeler_last_action_at, assignment.reviewer_last_action_at
        """

    let id: Int64
    let project: Int64
    let task: Int64
    let dataUnit: Int64
    let user: Int64
    var reviewer: Int64?
    var walk: AssignmentWalk
    var reviewDescription: String
    var data: String?
    let created: String
    var modified: String
    var labelSubmitted: String?
    var lastLabeled: String?
    var lastReviewed: String?
    var labelerLastAction: String?
    var reviewerLastAction: String?
    var tags: [Int64] = []

    init(row: Row) {
        id = row[0]
        project = row[1]
        task = row[2]
        dataUnit = row[3]
        user = row[4]
        reviewer = row[5]
        walk = AssignmentWalk(
            label: LabelStatus(rawValue: row[6]), review: ReviewStatus(rawValue: row[7]), isConfirmed: row[8],
            isDiscarded: row[9], isDiscardConfirmed: row[10])
        reviewDescription = row[11]
        data = row[12]
        created = row[13]
        modified = row[14]
        labelSubmitted = row[15]
        lastLabeled = row[16]
        lastReviewed = row[17]
        labelerLastAction = row[18]
        reviewerLastAction = row[19]
    }

    /// Rows that are written in place of their identifiers, and the files.
    struct Expansion: Sendable {
        var projects: [Int64: ProjectRecord] = [:]
        var tasks: [Int64: TaskRecord] = [:]
        var ofTasks = TaskRecord.Expansion()
        var units: [Int64: DataUnitRecord] = [:]
        var showsUnits = false
        var people: [Int64: MemberRecord] = [:]
        var showsUser = false
        var showsReviewer = false
    }

    func write(
        to writer: inout JSONWriter, _ wanted: FieldSelection, _ links: LinkMaker, _ expansion: Expansion,
        _ delivery: DataDelivery = .inline
    ) {
        writer.object { writer in
            writer.member("id", wanted, id)
            writer.relation("project", wanted, project, expansion.projects[project]) { $0.write(to: &$1, .all) }
            writer.relation("task", wanted, task, expansion.tasks[task]) {
                $0.write(to: &$1, .all, links, expansion.ofTasks, delivery)
            }
            let unit = expansion.units[dataUnit]
            writer.relation("data_unit", wanted, dataUnit, expansion.showsUnits ? unit : nil) {
                $0.write(to: &$1, .all, links)
            }
            writer.relation("user", wanted, user, expansion.showsUser ? expansion.people[user] : nil) {
                $0.writeUser(to: &$1, .all)
            }
            let person = expansion.showsReviewer ? reviewer.flatMap { expansion.people[$0] } : nil
            writer.relation("reviewer", wanted, reviewer, person) { $0.writeUser(to: &$1, .all) }
            writer.data(wanted, data, of: DataOwner(.assignment, id), delivery)
            writer.relation("file", wanted, Int64?.none, unit?.primaryFile) { $0.write(to: &$1, links) }
            if let unit { writer.filesByName("files_manifest", wanted, unit.files, links) }
            writer.member("tags", wanted, tags)
            writer.member("status_label", wanted, walk.label)
            writer.member("status_review", wanted, walk.review)
            writer.member("is_confirmed", wanted, walk.isConfirmed)
            writer.member("is_discarded", wanted, walk.isDiscarded)
            writer.member("is_discard_confirmed", wanted, walk.isDiscardConfirmed)
            writer.member("review_description", wanted, reviewDescription)
            writer.member("created", wanted, created)
            writer.member("modified", wanted, modified)
            writer.member("label_submitted", wanted, labelSubmitted)
            writer.member("last_labeled", wanted, lastLabeled)
            writer.member("last_reviewed", wanted, lastReviewed)
            writer.member("labeler_last_action_at", wanted, labelerLastAction)
            writer.member("reviewer_last_action_at", wanted, reviewerLastAction)
        }
    }
}

extension DataUnitRecord {
    /// The file that is annotated.
    var primaryFile: File? { files.first(where: \.isPrimary) ?? files.first }
}

extension JSONWriter {
    /// Writes a relation: the row where it was expanded, else its identifier.
    mutating func relation<Record>(
        _ key: String, _ wanted: FieldSelection, _ id: Int64?, _ record: Record?,
        _ write: (Record, inout JSONWriter) -> Void
    ) {
        guard wanted.contains(key) else { return }
        guard let record else { return member(key, id) }
        member(key) { write(record, &$0) }
    }

    /// Writes a unit's files as an object that names them by their specification.
    mutating func filesByName(
        _ key: String, _ wanted: FieldSelection, _ files: [DataUnitRecord.File], _ links: LinkMaker
    ) {
        guard wanted.contains(key) else { return }
        member(key) { writer in
            writer.object { writer in
                for file in files { writer.member(file.specification) { file.write(to: &$0, links) } }
            }
        }
    }

    /// Writes a unit's files as a list, as the lists of files alone have them.
    mutating func files(_ files: [DataUnitRecord.File], _ links: LinkMaker) {
        member("files") { writer in
            writer.array { writer in
                for file in files { writer.element { file.write(to: &$0, links) } }
            }
        }
    }
}
