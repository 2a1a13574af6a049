import GRDB
import SynapseModels

/// Reads and writes plugin releases of one tenant.
struct PluginReleaseRepository: Sendable {
    static let definition = ListDefinition(
        table: .pluginRelease,
        columns: PluginReleaseRecord.columns,
        orderings: ["created": "plugin_release.created", "version": "plugin_release.version"],
        defaultOrdering: ["-id"],
        searched: ["plugin_release.version"],
        filters: ListDefinition.common(.pluginRelease)
            + [
                plugin, .texts("version", "plugin_release.version"), .boolean("debug", "plugin_release.debug = 1"),
                .boolean("is_released", "plugin_release.debug = 0"),
                .integers("author", "plugin_release.author_id", isVolatile: true),
            ] + ListFilter.timeComparisons("created", "plugin_release.created"),
        refused: ["config", "requirements", "action", "available_actions", "category", "is_active"]
    )

    /// Releases of plugins by number or code.
    private static let plugin = ListFilter(key: "plugin") { values throws(ListFilter.Problem) in
        var ids: [Int64] = []
        var codes: [String] = []
        for value in values {
            switch PluginReference(text: value) {
            case .id(let id): ids.append(Int64(id.rawValue))
            case .code(let code): codes.append(code)
            }
        }
        let byID = Condition.oneOf("plugin.id", ids)
        let byCode = Condition.oneOf("plugin.code", codes)
        return Condition(
            sql: """
                plugin_release.plugin_id IN (SELECT plugin.id FROM plugin
                    WHERE plugin.tenant_id = plugin_release.tenant_id AND (\(byID.sql) OR \(byCode.sql)))
                """,
            arguments: byID.arguments + byCode.arguments, isVolatile: true)
    }

    let tenant: Int64

    func find(_ db: Database, _ ids: Set<Int64>) throws -> [Int64: PluginReleaseRecord] {
        let condition = Condition.oneOf("plugin_release.id", ids.sorted())
        let rows = try fetch(db, condition.sql, StatementArguments(condition.arguments))
        return Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }
    }

    func find(_ db: Database, plugin: Int64, version: String) throws -> PluginReleaseRecord? {
        try fetch(db, "plugin_id = ? AND version = ?", [plugin, version]).first
    }

    /// The newest release of a plugin, or nil when it has none.
    func newest(_ db: Database, plugin: Int64) throws -> PluginReleaseRecord? {
        try fetch(db, "plugin_id = ? ORDER BY id DESC LIMIT 1", [plugin]).first
    }

    /// - Throws: ``APIError`` with status 404.
    func existing(_ db: Database, _ id: Int64) throws -> PluginReleaseRecord {
        guard let record = try find(db, [id])[id] else { throw APIError.notFound }
        return record
    }

    /// The release of a look-up: its number, or `code@version`.
    ///
    /// - Throws: ``APIError`` with status 404.
    func existing(_ db: Database, lookup: String) throws -> PluginReleaseRecord {
        if let id = Int64(lookup), id >= 0 { return try existing(db, id) }
        // Codes hold no `@`, versions may.
        guard let mark = lookup.firstIndex(of: "@") else { throw APIError.notFound }
        let version = String(lookup[lookup.index(after: mark)...])
        guard let plugin = try PluginRepository(tenant: tenant).find(db, .code(String(lookup[..<mark]))),
            let record = try find(db, plugin: plugin.id, version: version)
        else { throw APIError.notFound }
        return record
    }

    /// Makes a release, or replaces that of the same version where either of them is for trying out.
    ///
    /// - Throws: ``APIError`` when the version is there and may not be replaced.
    func create(
        _ db: Database, plugin: PluginRecord, author: Int64, _ values: PluginReleaseValues,
        file: (id: Int64, originalName: String)?
    ) throws -> (record: PluginReleaseRecord, isNew: Bool) {
        let found = try find(db, plugin: plugin.id, version: values.version)
        if let found, !found.values.debug, !values.debug {
            throw APIError.field(
                "version", "version_exists: \(plugin.values.code) \(values.version) already exists.")
        }
        let content: StatementArguments = [
            values.config, values.requirements, values.readme, values.debug, values.meta, file?.id, file?.originalName,
            author, WireTime.now(),
        ]
        if let found {
            try db.execute(
                sql: """
                    UPDATE plugin_release SET config = ?, requirements = ?, readme = ?, debug = ?, meta = ?,
                        stored_file_id = ?, original_name = ?, author_id = ?, created = ?
                    WHERE id = ? AND tenant_id = ?
                    """,
                arguments: content + [found.id, tenant])
        } else {
            try db.execute(
                sql: """
                    INSERT INTO plugin_release (config, requirements, readme, debug, meta, stored_file_id,
                        original_name, author_id, created, tenant_id, plugin_id, version)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: content + [tenant, plugin.id, values.version])
        }
        let id = found?.id ?? db.lastInsertedRowID
        return (try existing(db, id), found == nil)
    }

    private func fetch(
        _ db: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [PluginReleaseRecord] {
        try Row.fetchAll(
            db,
            sql: "SELECT \(PluginReleaseRecord.columns) FROM plugin_release WHERE tenant_id = ? AND \(condition)",
            arguments: [tenant] + arguments
        ).map(PluginReleaseRecord.init)
    }
}
