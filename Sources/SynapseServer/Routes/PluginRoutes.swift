import GRDB
import HTTPTypes
import SynapseModels

/// The routes under `plugins/`, those that run one apart.
///
/// Source: docs/wire-protocol.md, "Plugins".
enum PluginRoutes {
    static func add(to table: inout RouteTable) {
        table.on(.get, "plugins") { scope in
            let wanted = FieldSelection(scope.query)
            return try await ListReader(PluginRepository.definition, scope).answer { _, rows, writer in
                for row in rows { writer.element { PluginRecord(row: row).write(to: &$0, wanted) } }
            }
        }
        table.on(.post, "plugins") { scope in
            let body = try await scope.readJSON()
            let values = try values(body.object(), over: nil)
            let repository = PluginRepository(tenant: scope.identity.tenantID)
            return try await scope.write(body.fingerprint).commit(changing: [TableChange(table: .plugin)]) { db in
                let record = try repository.create(db, values)
                return Answer(status: .created) { record.write(to: &$0, .all) }
            }
        }
        table.on(.get, "plugins/{id}") { scope in
            let reference = try reference(scope)
            let wanted = FieldSelection(scope.query)
            let repository = PluginRepository(tenant: scope.identity.tenantID)
            return try await scope.database.read { db in
                let record = try repository.existing(db, reference)
                return Answer { record.write(to: &$0, wanted) }
            }
        }
        // Both leave out what stays: the platform's own client changes parts of a plugin with PUT.
        table.on(.put, "plugins/{id}", update)
        table.on(.patch, "plugins/{id}", update)
    }

    private static let update: RouteTable.Handler = { scope in
        let reference = try reference(scope)
        let body = try await scope.readJSON()
        let row = try body.object()
        let repository = PluginRepository(tenant: scope.identity.tenantID)
        // All of these are filtered by the code of their plugin.
        let changes = [.plugin, .pluginRelease, .job, .model, .serveApplication].map { (table: ListedTable) in
            TableChange(table: table, changedExisting: true)
        }
        return try await scope.write(body.fingerprint).commit(changing: changes) { db in
            let old = try repository.existing(db, reference)
            let record = try repository.update(db, old.id, try values(row, over: old.values))
            return Answer { record.write(to: &$0, .all) }
        }
    }

    /// The plugin in the path, by number or code.
    static func reference(_ scope: RequestScope) throws(APIError) -> PluginReference {
        let text = try scope.textIdentifier()
        return PluginReference(text: text)
    }

    /// Reads a plugin over its old values; a new one needs a name, of which a code is made when there is none.
    static func values(_ row: JSONRow, over old: PluginValues?) throws(APIError) -> PluginValues {
        let base = old ?? PluginValues()
        var reader = FieldReader(row)
        var values = PluginValues(
            code: base.code,
            name: reader.text("name", fallback: old?.name, maximum: 200, allowsEmpty: false),
            category: reader.word("category", fallback: base.category, of: PluginCategory.known.map(\.rawValue)),
            description: reader.text("description", fallback: base.description, maximum: 100_000),
            isActive: reader.boolean("is_active", fallback: base.isActive),
            isPublic: reader.boolean("is_public", fallback: base.isPublic),
            systemOnly: reader.boolean("system_only", fallback: base.systemOnly),
            detail: open("detail", &reader, base.detail),
            manifest: open("manifest", &reader, base.manifest)
        )
        if let raw = row["code"], !raw.isNull {
            values.code = reader.text("code", fallback: "", maximum: 200)
            if !PluginCode.isValid(values.code) { reader.errors.add("code", PluginCode.rule) }
        } else if old == nil, let code = PluginCode.derived(from: values.name) {
            values.code = code
        } else if old == nil, !values.name.isEmpty {
            reader.errors.add("code", "This field is required: no code can be made of the name.")
        }
        try reader.errors.throwIfAny()
        return values
    }

    /// An open value that `null` empties.
    private static func open(_ key: String, _ reader: inout FieldReader, _ old: String?) -> String? {
        guard let raw = reader.row[key] else { return old }
        return raw.isNull ? nil : raw.description
    }
}
