import GRDB
import SynapseModels

/// Reads and writes plugins of one tenant.
struct PluginRepository: Sendable {
    static let definition = ListDefinition(
        table: .plugin,
        columns: PluginRecord.columns,
        orderings: [
            "created": "plugin.created", "name": "plugin.name", "code": "plugin.code", "category": "plugin.category",
        ],
        searched: ["plugin.name", "plugin.code", "plugin.description"],
        filters: ListDefinition.common(.plugin)
            + [
                .words("category", "plugin.category", isVolatile: true),
                .words("code", "plugin.code", isVolatile: true),
                .boolean("is_active", "plugin.is_active = 1"), .boolean("is_public", "plugin.is_public = 1"),
                .boolean("system_only", "plugin.system_only = 1"),
            ] + ListFilter.timeComparisons("created", "plugin.created"),
        refused: ["name", "description", "detail", "manifest", "tasks", "data_type", "supported_data_types", "action"]
    )

    let tenant: Int64

    func find(_ db: Database, _ ids: Set<Int64>) throws -> [Int64: PluginRecord] {
        let condition = Condition.oneOf("plugin.id", ids.sorted())
        let rows = try Row.fetchAll(
            db, sql: "SELECT \(PluginRecord.columns) FROM plugin WHERE tenant_id = ? AND \(condition.sql)",
            arguments: [tenant] + StatementArguments(condition.arguments))
        return Dictionary(rows.map(PluginRecord.init).map { ($0.id, $0) }) { first, _ in first }
    }

    /// The plugin that a client means, by number or code.
    func find(_ db: Database, _ reference: PluginReference) throws -> PluginRecord? {
        switch reference {
        case .id(let id):
            return try find(db, [Int64(id.rawValue)]).values.first
        case .code(let code):
            return try Row.fetchOne(
                db, sql: "SELECT \(PluginRecord.columns) FROM plugin WHERE tenant_id = ? AND code = ?",
                arguments: [tenant, code]
            ).map(PluginRecord.init)
        }
    }

    /// - Throws: ``APIError`` with status 404.
    func existing(_ db: Database, _ reference: PluginReference) throws -> PluginRecord {
        guard let record = try find(db, reference) else { throw APIError.notFound }
        return record
    }

    /// - Throws: ``APIError`` when the code is taken.
    func create(_ db: Database, _ values: PluginValues) throws -> PluginRecord {
        try checkCode(db, values.code, except: nil)
        try db.execute(
            sql: """
                INSERT INTO plugin (tenant_id, code, name, category, description, is_active, is_public, system_only,
                    detail, manifest, created)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [tenant] + arguments(values) + [WireTime.now()])
        return try existing(db, .id(Plugin.ID(rawValue: Int(db.lastInsertedRowID))))
    }

    /// - Throws: ``APIError`` when the code is taken.
    func update(_ db: Database, _ id: Int64, _ values: PluginValues) throws -> PluginRecord {
        try checkCode(db, values.code, except: id)
        try db.execute(
            sql: """
                UPDATE plugin SET code = ?, name = ?, category = ?, description = ?, is_active = ?, is_public = ?,
                    system_only = ?, detail = ?, manifest = ?
                WHERE id = ? AND tenant_id = ?
                """,
            arguments: arguments(values) + [id, tenant])
        return try existing(db, .id(Plugin.ID(rawValue: Int(id))))
    }

    private func checkCode(_ db: Database, _ code: String, except id: Int64?) throws {
        guard let found = try find(db, .code(code)), found.id != id else { return }
        throw APIError.field("code", "plugin with this code already exists.")
    }

    private func arguments(_ values: PluginValues) -> StatementArguments {
        [
            values.code, values.name, values.category, values.description, values.isActive, values.isPublic,
            values.systemOnly, values.detail, values.manifest,
        ]
    }
}
