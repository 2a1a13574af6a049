import GRDB
import SynapseModels

/// A row of `task` with its tags.
struct TaskRecord: Sendable {
    static let columns = columnsBeforeData + " task.data"

    /// The columns without the annotation data, which can be large: only whether there is any is read.
    static let columnsWithoutData = columnsBeforeData + " CASE WHEN task.data IS NULL THEN NULL ELSE '' END"

    private static let columnsBeforeData = """
        task.id, task.project_id, task.data_unit_id, task.schema, task.is_submitted, task.is_discarded, task.created, \
        task.modified, task.meta,
        """

    let id: Int64
    let project: Int64
    let dataUnit: Int64
    let schema: String
    let isSubmitted: Bool
    let isDiscarded: Bool
    let created: String
    let modified: String
    let meta: String?
    let data: String?
    var tags: [Int64] = []

    init(row: Row) {
        id = row[0]
        project = row[1]
        dataUnit = row[2]
        schema = row[3]
        isSubmitted = row[4]
        isDiscarded = row[5]
        created = row[6]
        modified = row[7]
        meta = row[8]
        data = row[9]
    }

    /// Related rows that are written in place of their identifiers.
    struct Expansion: Sendable {
        var projects: [Int64: ProjectRecord] = [:]
        var units: [Int64: DataUnitRecord] = [:]
        /// Whether the units are written, or read for their files alone.
        var showsUnits = true
    }

    func write(
        to writer: inout JSONWriter, _ wanted: FieldSelection, _ links: LinkMaker, _ expansion: Expansion,
        _ delivery: DataDelivery = .inline
    ) {
        writer.object { writer in
            writer.member("id", wanted, id)
            if wanted.contains("project") {
                writer.member("project") { writer in
                    if let record = expansion.projects[project] {
                        record.write(to: &writer, .all)
                    } else {
                        project.write(to: &writer)
                    }
                }
            }
            if wanted.contains("data_unit") {
                writer.member("data_unit") { writer in
                    if expansion.showsUnits, let record = expansion.units[dataUnit] {
                        record.write(to: &writer, .all, links)
                    } else {
                        dataUnit.write(to: &writer)
                    }
                }
            }
            if let unit = expansion.units[dataUnit] {
                writer.filesByName("files_manifest", wanted, unit.files, links)
            }
            writer.data(wanted, data, of: DataOwner(.task, id), delivery)
            writer.member("has_data", wanted, data != nil)
            writer.member("schema", wanted, schema)
            writer.member("meta", wanted, meta.map(RawJSON.init(stored:)))
            writer.member("tags", wanted, tags)
            writer.member("is_submitted", wanted, isSubmitted)
            writer.member("is_discarded", wanted, isDiscarded)
            writer.member("created", wanted, created)
            writer.member("modified", wanted, modified)
        }
    }
}
