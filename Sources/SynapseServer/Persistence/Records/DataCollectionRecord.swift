import GRDB
import SynapseModels

/// A row of `data_collection` with its file specifications.
struct DataCollectionRecord: Sendable {
    static let columns = """
        data_collection.id, data_collection.name, data_collection.description, data_collection.category, \
        data_collection.meta, data_collection.caution, data_collection.access_level, data_collection.is_archived, \
        data_collection.created, (SELECT COUNT(*) FROM project WHERE project.data_collection_id = data_collection.id)
        """

    let id: Int64
    let values: DataCollectionValues
    let isArchived: Bool
    let created: String
    let projectCount: Int64
    var specifications: [FileSpecificationRecord] = []

    init(row: Row) {
        id = row[0]
        values = DataCollectionValues(
            name: row[1], description: row[2], category: row[3], meta: row[4], caution: row[5], accessLevel: row[6])
        isArchived = row[7]
        created = row[8]
        projectCount = row[9]
    }

    func write(to writer: inout JSONWriter, _ wanted: FieldSelection) {
        writer.object { writer in
            writer.member("id", wanted, id)
            writer.member("name", wanted, values.name)
            writer.member("description", wanted, values.description)
            writer.member("category", wanted, values.category)
            writer.member("category_display", wanted, values.category)
            writer.member("meta", wanted, RawJSON(stored: values.meta))
            writer.member("caution", wanted, values.caution)
            writer.member("access_level", wanted, values.accessLevel)
            writer.member("is_archived", wanted, isArchived)
            writer.member("count_projects", wanted, projectCount)
            writer.member("created", wanted, created)
            writer.member("file_specifications", wanted, specifications)
        }
    }
}

/// What a client can set of a data collection.
struct DataCollectionValues: Sendable {
    var name = ""
    var description = ""
    var category = "image"
    var meta = "{}"
    var caution = ""
    var accessLevel = "private"
    var specifications: [FileSpecificationValues] = []
}

/// What a client can set of a file specification.
struct FileSpecificationValues: Sendable {
    var name = ""
    var description = ""
    var fileType = "image"
    var configuration = "{}"
    var extensions: [String] = []
    var isRequired = false
    var isPrimary = false
    var isSequential = false
    var functionType = ""
    var position: Int64 = 0
}

/// A row of `file_specification`.
struct FileSpecificationRecord: Sendable, JSONWritable {
    static let columns = """
        id, data_collection_id, name, description, file_type, configuration, extensions, is_required, is_primary, \
        is_sequential, function_type, position
        """

    let id: Int64
    let collection: Int64
    let values: FileSpecificationValues

    init(row: Row) {
        id = row[0]
        collection = row[1]
        values = FileSpecificationValues(
            name: row[2], description: row[3], fileType: row[4], configuration: row[5],
            extensions: (row[6] as String).split(separator: "\n").map(String.init), isRequired: row[7],
            isPrimary: row[8], isSequential: row[9], functionType: row[10], position: row[11])
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("name", values.name)
            writer.member("description", values.description)
            writer.member("file_type", values.fileType)
            writer.member("file_type_display", values.fileType)
            writer.member("is_required", values.isRequired)
            writer.member("is_primary", values.isPrimary)
            writer.member("extensions", values.extensions)
            writer.member("configuration", RawJSON(stored: values.configuration))
            writer.member("is_sequential", values.isSequential)
            writer.member("function_type", values.functionType)
            writer.member("index", values.position)
        }
    }
}
