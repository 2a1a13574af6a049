import GRDB
import SynapseModels

/// A row of `model` with its file's.
struct ModelRecord: Sendable {
    static let columns = """
        model.id, model.name, model.description, model.category, model.configuration, model.metrics, model.plugin_id, \
        model.version, model.checkpoint_id, model.project_id, model.is_released, model.is_external, \
        model.original_name, model.created, \
        (SELECT name FROM stored_file WHERE stored_file.id = model.stored_file_id), \
        (SELECT byte_count FROM stored_file WHERE stored_file.id = model.stored_file_id), \
        (SELECT md5 FROM stored_file WHERE stored_file.id = model.stored_file_id)
        """

    let id: Int64
    let values: ModelValues
    let originalName: String
    let created: String
    let fileName: String
    let byteCount: Int64
    let md5: String

    init(row: Row) {
        id = row[0]
        values = ModelValues(
            name: row[1], description: row[2], category: row[3], configuration: row[4], metrics: row[5], plugin: row[6],
            version: row[7], checkpoint: row[8], project: row[9], isReleased: row[10], isExternal: row[11])
        originalName = row[12]
        created = row[13]
        fileName = row[14]
        byteCount = row[15]
        md5 = row[16]
    }

    /// What is written in place of identifiers, or only when it is asked for.
    struct Expansion: Sendable {
        struct Plugin: Sendable {
            let id: Int64
            let code: String
            let name: String
            let category: String
        }

        var showsMetrics = false
        var plugins: [Int64: Plugin] = [:]
        var projects: [Int64: ProjectRecord] = [:]
    }

    func write(to writer: inout JSONWriter, _ wanted: FieldSelection, _ links: LinkMaker, _ expansion: Expansion) {
        writer.object { writer in
            writer.member("id", wanted, id)
            writer.member("name", wanted, values.name)
            writer.member("description", wanted, values.description)
            writer.member("category", wanted, values.category)
            writer.member("file", wanted, links.file(name: fileName, filename: originalName))
            writer.member("file_name_original", wanted, originalName)
            writer.member("size", wanted, byteCount)
            writer.member("checksum", wanted, md5)
            writer.member("configuration", wanted, RawJSON(stored: values.configuration))
            if expansion.showsMetrics { writer.member("metrics", wanted, RawJSON(stored: values.metrics ?? "{}")) }
            if wanted.contains("plugin") { writer.member("plugin") { writePlugin(to: &$0, expansion) } }
            writer.member("version", wanted, values.version)
            writer.member("checkpoint", wanted, values.checkpoint)
            if wanted.contains("project") {
                writer.member("project") { writer in
                    if let record = values.project.flatMap({ expansion.projects[$0] }) {
                        record.write(to: &writer, .all)
                    } else {
                        values.project.write(to: &writer)
                    }
                }
            }
            writer.member("is_released", wanted, values.isReleased)
            writer.member("is_external", wanted, values.isExternal)
            writer.member("created", wanted, created)
        }
    }

    private func writePlugin(to writer: inout JSONWriter, _ expansion: Expansion) {
        guard let plugin = values.plugin.flatMap({ expansion.plugins[$0] }) else {
            return values.plugin.write(to: &writer)
        }
        writer.object { writer in
            writer.member("id", plugin.id)
            writer.member("code", plugin.code)
            writer.member("name", plugin.name)
            writer.member("category", plugin.category)
        }
    }
}

/// What a client can set of a model.
struct ModelValues: Sendable, Equatable {
    var name = ""
    var description = ""
    var category = "base"
    var configuration = "{}"
    var metrics: String?
    var plugin: Int64?
    var version: String?
    var checkpoint: Int64?
    var project: Int64?
    var isReleased = false
    var isExternal = false
}
