import GRDB
import SynapseModels

/// A row of `project`.
struct ProjectRecord: Sendable {
    static let columns = """
        project.id, project.data_collection_id, project.title, project.description, project.category, \
        project.configuration, project.settings, project.caution, project.access_level, \
        project.count_max_assignments_per_task, project.can_discard, project.enable_workforce, project.is_archived, \
        project.task_count, project.created
        """

    let id: Int64
    let created: String
    let taskCount: Int64
    let values: ProjectValues

    init(row: Row) {
        id = row[0]
        taskCount = row[13]
        created = row[14]
        values = ProjectValues(
            dataCollection: row[1], title: row[2], description: row[3], category: row[4], configuration: row[5],
            settings: row[6], caution: row[7], accessLevel: row[8], maximumAssignments: row[9], canDiscard: row[10],
            enableWorkforce: row[11], isArchived: row[12])
    }

    func write(to writer: inout JSONWriter, _ wanted: FieldSelection, collection: DataCollectionRecord? = nil) {
        writer.object { writer in
            writer.member("id", wanted, id)
            if wanted.contains("data_collection") {
                writer.member("data_collection") { writer in
                    if let collection {
                        collection.write(to: &writer, .all)
                    } else {
                        values.dataCollection.write(to: &writer)
                    }
                }
            }
            writer.member("title", wanted, values.title)
            writer.member("description", wanted, values.description)
            writer.member("category", wanted, values.category)
            writer.member("category_display", wanted, values.category)
            writer.member("configuration", wanted, RawJSON(stored: values.configuration))
            writer.member("settings", wanted, RawJSON(stored: values.settings))
            writer.member("caution", wanted, values.caution)
            writer.member("access_level", wanted, values.accessLevel)
            writer.member("count_max_assignments_per_task", wanted, values.maximumAssignments)
            writer.member("can_discard", wanted, values.canDiscard)
            writer.member("enable_workforce", wanted, values.enableWorkforce)
            writer.member("is_archived", wanted, values.isArchived)
            writer.member("task_count", wanted, taskCount)
            writer.member("created", wanted, created)
        }
    }
}

/// What a client can set of a project.
struct ProjectValues: Sendable {
    var dataCollection: Int64?
    var title = ""
    var description = ""
    var category = "image"
    var configuration = "{}"
    var settings = "{}"
    var caution = ""
    var accessLevel = "private"
    var maximumAssignments: Int64 = 1
    var canDiscard = false
    var enableWorkforce = false
    var isArchived = false
}
