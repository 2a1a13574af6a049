import GRDB
import SynapseModels

/// A row of `plugin_release` with its author and its archive.
struct PluginReleaseRecord: Sendable {
    static let columns = """
        plugin_release.id, plugin_release.plugin_id, plugin_release.version, plugin_release.config, \
        plugin_release.requirements, plugin_release.readme, plugin_release.debug, plugin_release.original_name, \
        plugin_release.meta, plugin_release.author_id, plugin_release.created, \
        (SELECT email FROM user WHERE user.id = plugin_release.author_id), \
        (SELECT name FROM user WHERE user.id = plugin_release.author_id), \
        (SELECT name FROM stored_file WHERE stored_file.id = plugin_release.stored_file_id), \
        (SELECT byte_count FROM stored_file WHERE stored_file.id = plugin_release.stored_file_id), \
        (SELECT md5 FROM stored_file WHERE stored_file.id = plugin_release.stored_file_id)
        """

    let id: Int64
    let plugin: Int64
    let values: PluginReleaseValues
    let created: String
    let author: PluginRelease.Author
    /// The archive, when one was sent.
    let file: File?

    struct File: Sendable {
        /// What the server's store knows it by.
        let name: String
        let original: String
        let byteCount: Int64
        let md5: String
    }

    init(row: Row) {
        id = row[0]
        plugin = row[1]
        values = PluginReleaseValues(
            version: row[2], config: row[3], requirements: row[4], readme: row[5], debug: row[6], meta: row[8])
        created = row[10]
        author = PluginRelease.Author(id: row[9], email: row[11], name: row[12])
        let name: String? = row[13]
        file = name.map {
            File(name: $0, original: row[7] ?? "plugin.zip", byteCount: row[14], md5: row[15])
        }
    }

    /// The configuration as it was sent; an empty object when none was.
    var config: RawJSON { RawJSON(stored: values.config) }

    /// The actions that the configuration names, in its order.
    var actions: [(name: String, value: RawJSON)] {
        guard let row = try? config.row(), let actions = try? row["actions"]?.row() else { return [] }
        var seen: Set<String> = []
        return actions.keys.filter { seen.insert($0).inserted }.map { ($0, actions[$0] ?? .null) }
    }

    func write(
        to writer: inout JSONWriter, _ wanted: FieldSelection, _ links: LinkMaker, plugin record: PluginRecord? = nil
    ) {
        writer.object { writer in
            writer.member("id", wanted, id)
            if wanted.contains("plugin") {
                writer.member("plugin") { writer in
                    if let record { record.write(to: &writer, .all) } else { plugin.write(to: &writer) }
                }
            }
            writer.member("plugin_id", wanted, plugin)
            writer.member("version", wanted, values.version)
            writer.member("config", wanted, config)
            writer.member("requirements", wanted, RawJSON(stored: values.requirements))
            writer.member("readme", wanted, values.readme)
            writer.member("file", wanted, file.map { links.file(name: $0.name, filename: $0.original) })
            writer.member("file_name_original", wanted, file?.original)
            writer.member("checksum", wanted, file?.md5)
            writer.member("size", wanted, file?.byteCount)
            writer.member("available_actions", wanted, actions.map(\.name))
            if wanted.contains("run_schema") { writer.member("run_schema") { writeRunSchema(to: &$0) } }
            writer.member("installation_schema", wanted, installationSchema)
            writer.member("author", wanted, author)
            writer.member("meta", wanted, RawJSON(stored: values.meta))
            writer.member("debug", wanted, values.debug)
            writer.member("is_released", wanted, !values.debug)
            writer.member("created", wanted, created)
        }
    }

    /// What the configuration says of the parameters and results of each action.
    private func writeRunSchema(to writer: inout JSONWriter) {
        writer.object { writer in
            for action in actions {
                let row = try? action.value.row()
                writer.member(action.name) { writer in
                    writer.object { writer in
                        for key in Self.schemaKeys { writer.memberIfPresent(key, row?[key]) }
                    }
                }
            }
        }
    }

    private static let schemaKeys = [
        "method", "description", "input_type", "output_type", "hyperparameters", "result_schema",
    ]

    private var installationSchema: RawJSON {
        guard let schema = try? config.row()["installation_schema"], !schema.isNull else { return RawJSON([:]) }
        return schema
    }
}

/// What a client can set of a plugin release.
struct PluginReleaseValues: Sendable {
    var version = ""
    var config = "{}"
    var requirements = "[]"
    var readme = ""
    var debug = false
    var meta = "{}"
}
