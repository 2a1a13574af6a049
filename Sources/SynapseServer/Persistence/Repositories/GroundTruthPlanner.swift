import GRDB
import SynapseModels

/// A ground truth that can be made.
struct GroundTruthPlan: Sendable {
    let dataset: Int64
    let dataUnit: Int64
    let task: Int64?
    let assignment: Int64?
    /// Nil keeps the one that is there.
    let category: String?
    let data: String
    let classes: String
}

/// Checks what ground truths are to be made of, inside the transaction that makes them.
struct GroundTruthPlanner {
    let tenant: Int64
    let db: Database
    private var projects: [Int64: ProjectRecord?] = [:]

    init(tenant: Int64, db: Database) {
        self.tenant = tenant
        self.db = db
    }

    /// What work contributes: its unit and its data.
    private struct Work {
        var project: Int64
        var dataUnit: Int64
        var task: Int64
        var assignment: Int64?
        var data: String?
    }

    /// - Throws: ``RowErrors`` with what is wrong with the fields.
    mutating func plan(_ form: GroundTruthForm) throws -> GroundTruthPlan {
        guard let project = try project(ofDataset: form.dataset) else {
            throw APIError.field("ground_truth_dataset", APIError.unknownKeyText(form.dataset))
        }
        let work = try work(form)
        if let work, work.project != project.id {
            throw APIError.field(
                work.assignment == nil ? "task" : "assignment",
                "The work is of project \(work.project), the dataset of "
                    + "project \(project.id).")
        }
        guard let unit = work?.dataUnit ?? form.dataUnit else {
            throw APIError.field("data_unit", "A data unit, a task or an assignment is required.")
        }
        if let named = form.dataUnit, named != unit {
            throw APIError.field("data_unit", "The work is on data unit \(unit).")
        }
        if work == nil { try checkUnit(unit, project) }
        guard let data = form.data ?? work?.data else { throw APIError.field("data", "This field is required.") }
        return GroundTruthPlan(
            dataset: form.dataset, dataUnit: unit, task: work?.task, assignment: work?.assignment,
            category: form.category, data: data, classes: form.classes ?? AnnotationClasses.text(of: data))
    }

    private mutating func project(ofDataset id: Int64) throws -> ProjectRecord? {
        if let known = projects[id] { return known }
        let dataset = try GroundTruthDatasetRepository(tenant: tenant).find(db, [id])[id]
        let project = try dataset.flatMap { try ProjectRepository(tenant: tenant).find(db, $0.project) }
        projects[id] = .some(project)
        return project
    }

    private func work(_ form: GroundTruthForm) throws -> Work? {
        if let assignment = form.assignment {
            let work = try self.assignment(assignment)
            if let task = form.task, task != work.task {
                throw APIError.field("task", "The assignment is of task \(work.task).")
            }
            return work
        }
        return try form.task.map(task)
    }

    /// A task whose data was handed in.
    private func task(_ id: Int64) throws -> Work {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT project_id, data_unit_id, is_submitted, is_discarded, data FROM task
                    WHERE id = ? AND tenant_id = ?
                    """),
            arguments: [id, tenant])
        guard let row else { throw APIError.field("task", APIError.unknownKeyText(id)) }
        guard row[2] as Bool, row[4] as String? != nil else {
            throw APIError.field("task", "The data of task \(id) was not handed in yet.")
        }
        guard !(row[3] as Bool) else { throw APIError.field("task", "The task \(id) was discarded.") }
        return Work(project: row[0], dataUnit: row[1], task: id, assignment: nil, data: row[4])
    }

    /// An assignment that is finished: confirmed, or labelled with a review that passed or is not wanted.
    private func assignment(_ id: Int64) throws -> Work {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT assignment.project_id, task.data_unit_id, task.id, assignment.data, assignment.is_discarded,
                        assignment.is_confirmed = 1 OR (assignment.status_label = 'completed' AND (
                            assignment.status_review IN ('completed', 'skipped')
                            OR (assignment.status_review = 'stand_by' AND assignment.reviewer_id IS NULL)))
                    FROM assignment JOIN task ON task.id = assignment.task_id
                    WHERE assignment.id = ? AND assignment.tenant_id = ?
                    """),
            arguments: [id, tenant])
        guard let row else { throw APIError.field("assignment", APIError.unknownKeyText(id)) }
        guard !(row[4] as Bool) else { throw APIError.field("assignment", "The assignment \(id) was discarded.") }
        guard row[5] as Bool, row[3] as String? != nil else {
            throw APIError.field("assignment", "The assignment \(id) is not finished.")
        }
        return Work(project: row[0], dataUnit: row[1], task: row[2], assignment: id, data: row[3])
    }

    private func checkUnit(_ id: Int64, _ project: ProjectRecord) throws {
        let collection = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT data_collection_id FROM data_unit WHERE id = ? AND tenant_id = ?"),
            arguments: [id, tenant])
        guard let collection else { throw APIError.field("data_unit", APIError.unknownKeyText(id)) }
        guard collection == project.values.dataCollection else {
            throw APIError.field("data_unit", "The data unit \(id) is not of the project's collection.")
        }
    }
}

/// The classes that occur in annotation data.
///
/// Wherever an object has a member `classification` that is an object, its texts are classes, also inside lists;
/// so is a `label` of the whole.
enum AnnotationClasses {
    private static let maximumCount = 1000

    /// The classes as a JSON list, each once, in order.
    static func text(of data: String) -> String {
        var classes: Set<String> = []
        let value = RawJSON(stored: data).value
        collect(value, into: &classes)
        // The plainest form that people write: `{"label": "cat"}`.
        if let label = value["label"] { texts(label, into: &classes) }
        return String(decoding: classes.sorted().prefix(maximumCount).map { $0 }.jsonBytes(), as: UTF8.self)
    }

    private static func collect(_ value: JSONValue, into classes: inout Set<String>) {
        if let list = value.arrayValue {
            for element in list { collect(element, into: &classes) }
        } else if let object = value.objectValue {
            for member in object {
                if member.key == "classification", let named = member.value.objectValue {
                    for choice in named { texts(choice.value, into: &classes) }
                } else {
                    collect(member.value, into: &classes)
                }
            }
        }
    }

    private static func texts(_ value: JSONValue, into classes: inout Set<String>) {
        if let text = value.stringValue, !text.isEmpty {
            classes.insert(text)
        } else {
            for element in value.arrayValue ?? [] { texts(element, into: &classes) }
        }
    }
}
