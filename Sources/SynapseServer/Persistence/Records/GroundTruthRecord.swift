import GRDB
import SynapseModels

/// A ground truth as it is, a row of `ground_truth`, or as it was, a row of `ground_truth_event`.
struct GroundTruthRecord: Sendable {
    private static let shared = """
        data_unit_id, ground_truth_dataset_id, task_id, assignment_id, category, data, classes, created
        """

    /// The columns of a ground truth as it is, with its latest event.
    static let columns = """
        ground_truth.id, ground_truth.id, \
        (SELECT max(id) FROM ground_truth_event WHERE ground_truth_event.ground_truth_id = ground_truth.id), \
        \(qualified("ground_truth")), ground_truth.modified, '', \
        (SELECT project_id FROM ground_truth_dataset WHERE ground_truth_dataset.id = ground_truth_dataset_id), \
        (SELECT data_md5 FROM ground_truth_event WHERE ground_truth_event.ground_truth_id = ground_truth.id \
            ORDER BY id DESC LIMIT 1), ''
        """

    /// The same columns of an event.
    static let eventColumns = """
        ground_truth_event.id, ground_truth_event.ground_truth_id, ground_truth_event.id, \
        \(qualified("ground_truth_event")), ground_truth_event.created, ground_truth_event.label, \
        (SELECT project_id FROM ground_truth_dataset WHERE ground_truth_dataset.id = ground_truth_dataset_id), \
        ground_truth_event.data_md5, ground_truth_event.data_sha256
        """

    private static func qualified(_ table: String) -> String {
        shared.split(separator: ", ").map { "\(table).\($0)" }.joined(separator: ", ")
    }

    let id: Int64
    let event: Int64
    let dataUnit: Int64
    let dataset: Int64
    let task: Int64?
    let assignment: Int64?
    let category: String
    let data: String
    let classes: String
    let created: String
    let modified: String
    let label: String
    let project: Int64
    private let md5: String
    private let sha256: String

    init(row: Row) {
        id = row[1]
        event = row[2] ?? 0
        dataUnit = row[3]
        dataset = row[4]
        task = row[5]
        assignment = row[6]
        category = row[7]
        data = row[8]
        classes = row[9]
        created = row[10]
        modified = row[11]
        label = row[12]
        project = row[13]
        md5 = row[14] ?? ""
        sha256 = row[15]
    }

    /// Related rows: units for their files, the others where they are written in place of their identifiers.
    struct Expansion: Sendable {
        var names: Set<String> = []
        var units: [Int64: DataUnitRecord] = [:]
        var projects: [Int64: ProjectRecord] = [:]
        var datasets: [Int64: GroundTruthDatasetRecord] = [:]
        var tasks: [Int64: TaskRecord] = [:]
        var assignments: [Int64: AssignmentRecord] = [:]
    }

    /// The ground truth, as `ground_truths/` shows it: with its data as one more file.
    func write(to writer: inout JSONWriter, _ wanted: FieldSelection, _ links: LinkMaker, _ expansion: Expansion) {
        writer.object { writer in
            writer.member("id", wanted, id)
            writeRelations(to: &writer, wanted, links, expansion)
            if wanted.contains("files") {
                writer.member("files") { writer in
                    let files = expansion.units[dataUnit]?.files ?? []
                    writer.object { writer in
                        for file in files { writer.member(file.specification) { file.write(to: &$0, links) } }
                        let name = Self.dataName(besides: Set(files.map(\.specification)))
                        writer.member(name) { writeDataFile(to: &$0, name, links) }
                    }
                }
            }
            writer.member("created", wanted, created)
            writer.member("modified", wanted, modified)
        }
    }

    /// The event, as `sdk/ground_truth_events/` shows it; its `id` is that of the ground truth.
    ///
    /// Its unit is always an object: programs that export events look into it without asking for it.
    func writeEvent(
        to writer: inout JSONWriter, _ wanted: FieldSelection, _ links: LinkMaker, _ expansion: Expansion,
        _ delivery: DataDelivery
    ) {
        writer.object { writer in
            writer.member("id", wanted, id)
            writer.member("pgh_id", wanted, event)
            writer.member("pgh_obj_id", wanted, id)
            writer.member("pgh_label", wanted, label)
            writeRelations(to: &writer, wanted, links, expansion, delivery, showsUnit: true)
            writer.member("data_size", wanted, data.utf8.count)
            writer.member("data_digest", wanted, sha256)
            writer.member("data_content_type", wanted, "application/json")
            let files = expansion.units[dataUnit]?.files ?? []
            writer.filesByName("files", wanted, files, links)
            writer.filesByName("files_manifest", wanted, files, links)
            writer.member("created", wanted, created)
        }
    }

    /// The event with its data alone.
    func writeEventData(to writer: inout JSONWriter, _ wanted: FieldSelection, _ delivery: DataDelivery) {
        writer.object { writer in
            writer.member("id", wanted, id)
            writer.member("pgh_id", wanted, event)
            writeData(to: &writer, wanted, delivery)
        }
    }

    /// The event with the unit's files alone, as a list.
    func writeEventFiles(
        to writer: inout JSONWriter, _ wanted: FieldSelection, _ links: LinkMaker, _ expansion: Expansion
    ) {
        writer.object { writer in
            writer.member("id", wanted, id)
            writer.member("pgh_id", wanted, event)
            if wanted.contains("files") {
                writer.member("files") { writer in
                    writer.array { writer in
                        for file in expansion.units[dataUnit]?.files ?? [] {
                            writer.element { file.write(to: &$0, links) }
                        }
                    }
                }
            }
        }
    }

    private func writeRelations(
        to writer: inout JSONWriter, _ wanted: FieldSelection, _ links: LinkMaker, _ expansion: Expansion,
        _ delivery: DataDelivery = .inline, showsUnit: Bool = false
    ) {
        if wanted.contains("ground_truth_dataset") {
            writer.member("ground_truth_dataset") { writer in
                if let record = expansion.datasets[dataset] {
                    record.write(to: &writer, .all)
                } else {
                    dataset.write(to: &writer)
                }
            }
        }
        if wanted.contains("data_unit") {
            writer.member("data_unit") { writer in
                if showsUnit || expansion.names.contains("data_unit"), let record = expansion.units[dataUnit] {
                    record.write(to: &writer, .all, links)
                } else {
                    dataUnit.write(to: &writer)
                }
            }
        }
        if wanted.contains("project") {
            writer.member("project") { writer in
                if let record = expansion.projects[project] {
                    record.write(to: &writer, .all)
                } else {
                    project.write(to: &writer)
                }
            }
        }
        writer.relation("task", wanted, task, task.flatMap { expansion.tasks[$0] }) {
            $0.write(to: &$1, .all, links, .init(), delivery)
        }
        writer.relation("assignment", wanted, assignment, assignment.flatMap { expansion.assignments[$0] }) {
            $0.write(to: &$1, .all, links, .init(), delivery)
        }
        writer.member("category", wanted, category)
        writer.member("classes", wanted, RawJSON(stored: classes))
        writeData(to: &writer, wanted, delivery)
    }

    private func writeData(to writer: inout JSONWriter, _ wanted: FieldSelection, _ delivery: DataDelivery) {
        guard wanted.contains("data") else { return }
        guard case .presigned(let links) = delivery else { return writer.member("data", RawJSON(stored: data)) }
        writer.presigned(
            links.file(name: GroundTruthDataRoutes.linkName(event), filename: dataFilename), data, digest: sha256)
    }

    private var dataFilename: String { "ground-truth-\(id).json" }

    /// `data_meta_1`, or the next number where a file specification has that name.
    private static func dataName(besides names: Set<String>) -> String {
        (1...(names.count + 1)).map { "data_meta_\($0)" }.first { !names.contains($0) } ?? "data_meta_1"
    }

    private func writeDataFile(to writer: inout JSONWriter, _ name: String, _ links: LinkMaker) {
        writer.object { writer in
            writer.member("url", links.file(name: GroundTruthDataRoutes.linkName(event), filename: dataFilename))
            writer.member("specification", name)
            writer.member("is_primary", false)
            writer.member("file_type", "data")
            writer.member("file_name_original", dataFilename)
            writer.member("checksum", md5)
            writer.member("size", data.utf8.count)
            writer.member("meta", RawJSON(stored: "{}"))
        }
    }
}

/// A row of `ground_truth_dataset`.
struct GroundTruthDatasetRecord: Sendable {
    static let columns = """
        ground_truth_dataset.id, ground_truth_dataset.project_id, ground_truth_dataset.name, \
        ground_truth_dataset.description, ground_truth_dataset.created
        """

    let id: Int64
    let project: Int64
    let name: String
    let description: String
    let created: String

    init(row: Row) {
        id = row[0]
        project = row[1]
        name = row[2]
        description = row[3]
        created = row[4]
    }

    func write(to writer: inout JSONWriter, _ wanted: FieldSelection, project record: ProjectRecord? = nil) {
        writer.object { writer in
            writer.member("id", wanted, id)
            if wanted.contains("project") {
                writer.member("project") { writer in
                    if let record { record.write(to: &writer, .all) } else { project.write(to: &writer) }
                }
            }
            writer.member("name", wanted, name)
            writer.member("description", wanted, description)
            writer.member("created", wanted, created)
        }
    }
}

/// A row of `ground_truth_dataset_version`.
struct GroundTruthVersionRecord: Sendable {
    static let columns = """
        ground_truth_dataset_version.id, ground_truth_dataset_version.ground_truth_dataset_id, \
        ground_truth_dataset_version.version, ground_truth_dataset_version.description, \
        ground_truth_dataset_version.is_archived, ground_truth_dataset_version.created, \
        (SELECT COUNT(*) FROM ground_truth_version_event WHERE version_id = ground_truth_dataset_version.id)
        """

    let id: Int64
    let dataset: Int64
    let version: String
    let description: String
    let isArchived: Bool
    let created: String
    let eventCount: Int64

    init(row: Row) {
        id = row[0]
        dataset = row[1]
        version = row[2]
        description = row[3]
        isArchived = row[4]
        created = row[5]
        eventCount = row[6]
    }

    func write(to writer: inout JSONWriter, _ wanted: FieldSelection, dataset record: GroundTruthDatasetRecord? = nil) {
        writer.object { writer in
            writer.member("id", wanted, id)
            writer.member("version", wanted, version)
            if wanted.contains("ground_truth_dataset") {
                writer.member("ground_truth_dataset") { writer in
                    if let record { record.write(to: &writer, .all) } else { dataset.write(to: &writer) }
                }
            }
            writer.member("description", wanted, description)
            writer.member("is_archived", wanted, isArchived)
            writer.member("event_count", wanted, eventCount)
            writer.member("created", wanted, created)
        }
    }
}
