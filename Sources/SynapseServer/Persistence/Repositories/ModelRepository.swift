import GRDB
import HTTPTypes

/// Reads and writes models of one tenant.
///
/// Source: docs/wire-protocol.md, "Models".
struct ModelRepository: Sendable {
    static let definition = ListDefinition(
        table: .model,
        columns: ModelRecord.columns,
        orderings: ["created": "model.created", "name": "model.name"],
        searched: ["model.name", "model.description"],
        filters: ListDefinition.common(.model)
            + [
                .integers("project", "model.project_id"),
                .integers("checkpoint", "model.checkpoint_id"),
                .boolean("is_released", "model.is_released = 1"),
                .boolean("is_external", "model.is_external = 1"),
                .words("category", "model.category", isVolatile: true),
                .texts("version", "model.version"),
                .texts("name", "model.name", isVolatile: true),
                plugin,
            ] + ListFilter.timeComparisons("created", "model.created"),
        refused: ["configuration", "metrics", "description", "dataset", "neural_net", "experiment", "file"]
    )

    /// By the plugin's code or identifier.
    private static let plugin = ListFilter(key: "plugin") { values throws(ListFilter.Problem) in
        let codes = Condition.oneOf("code", values)
        let ids = Condition.oneOf("id", values.compactMap { Int64($0) })
        return Condition(
            sql: "model.plugin_id IN (SELECT id FROM plugin WHERE \(codes.sql) OR \(ids.sql))",
            arguments: codes.arguments + ids.arguments, isVolatile: true)
    }

    /// Where a model's file comes from.
    struct Source: Sendable {
        let storedFile: Int64
        let originalName: String
        /// The upload that it was taken from: another model must not be made of it.
        let upload: String?
    }

    let tenant: Int64

    func existing(_ db: Database, _ id: Int64) throws -> ModelRecord {
        let row = try Row.fetchOne(
            db, sql: "SELECT \(ModelRecord.columns) FROM model WHERE tenant_id = ? AND id = ?", arguments: [tenant, id])
        guard let row else { throw APIError.notFound }
        return ModelRecord(row: row)
    }

    func expansion(_ db: Database, _ records: [ModelRecord], _ names: Set<String>) throws -> ModelRecord.Expansion {
        var expansion = ModelRecord.Expansion()
        expansion.showsMetrics = names.contains("metrics")
        if names.contains("project") {
            let ids = Set(records.compactMap(\.values.project))
            expansion.projects = try ProjectRepository(tenant: tenant).find(db, ids)
        }
        if names.contains("plugin") {
            let condition = Condition.oneOf("id", Set(records.compactMap(\.values.plugin)).sorted())
            let rows = try Row.fetchAll(
                db, sql: "SELECT id, code, name, category FROM plugin WHERE tenant_id = ? AND \(condition.sql)",
                arguments: [tenant] + StatementArguments(condition.arguments))
            for row in rows {
                let plugin = ModelRecord.Expansion.Plugin(id: row[0], code: row[1], name: row[2], category: row[3])
                expansion.plugins[plugin.id] = plugin
            }
        }
        return expansion
    }

    /// The identifier of a plugin that is named by its code, or by its identifier.
    ///
    /// - Throws: ``APIError`` when the tenant has none.
    func plugin(_ db: Database, _ name: String) throws -> Int64 {
        let byCode = try Int64.fetchOne(
            db, sql: "SELECT id FROM plugin WHERE tenant_id = ? AND code = ?", arguments: [tenant, name])
        if let byCode { return byCode }
        if let id = Int64(name),
            let byID = try Int64.fetchOne(
                db, sql: "SELECT id FROM plugin WHERE tenant_id = ? AND id = ?", arguments: [tenant, id])
        {
            return byID
        }
        throw APIError.field("plugin", "There is no plugin \"\(name.prefix(200))\".")
    }

    /// Makes a model, or finds the one that was made of the same upload: an upload is one model.
    ///
    /// - Throws: ``APIError`` when a relation is not the tenant's, or the upload became another model.
    func create(_ db: Database, _ values: ModelValues, _ source: Source) throws -> ModelRecord {
        if let upload = source.upload, let record = try find(db, upload: upload) {
            guard record.values == values else {
                throw APIError.field("chunked_upload", "The upload is the file of model \(record.id) already.")
            }
            return record
        }
        try check(db, values)
        try db.execute(
            sql: """
                INSERT INTO model (tenant_id, name, description, category, configuration, metrics, plugin_id, version,
                    checkpoint_id, project_id, is_released, is_external, stored_file_id, original_name,
                    chunked_upload_id, created)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                tenant, values.name, values.description, values.category, values.configuration, values.metrics,
                values.plugin, values.version, values.checkpoint, values.project, values.isReleased, values.isExternal,
                source.storedFile, source.originalName, source.upload, WireTime.now(),
            ])
        return try existing(db, db.lastInsertedRowID)
    }

    func update(_ db: Database, _ id: Int64, _ values: ModelValues) throws -> ModelRecord {
        try db.execute(
            sql: """
                UPDATE model SET name = ?, description = ?, category = ?, configuration = ?, metrics = ?,
                    is_released = ?, is_external = ?
                WHERE id = ? AND tenant_id = ?
                """,
            arguments: [
                values.name, values.description, values.category, values.configuration, values.metrics,
                values.isReleased, values.isExternal, id, tenant,
            ])
        return try existing(db, id)
    }

    private func find(_ db: Database, upload: String) throws -> ModelRecord? {
        try Row.fetchOne(
            db, sql: "SELECT \(ModelRecord.columns) FROM model WHERE tenant_id = ? AND chunked_upload_id = ?",
            arguments: [tenant, upload]
        ).map(ModelRecord.init)
    }

    private func check(_ db: Database, _ values: ModelValues) throws {
        var errors = FieldErrors()
        if let id = values.project, try ProjectRepository(tenant: tenant).find(db, id) == nil {
            errors.add("project", APIError.unknownKeyText(id))
        }
        if let id = values.checkpoint {
            let isThere = try Bool.fetchOne(
                db, sql: "SELECT 1 FROM model WHERE tenant_id = ? AND id = ?", arguments: [tenant, id])
            if isThere == nil { errors.add("checkpoint", APIError.unknownKeyText(id)) }
        }
        try errors.throwIfAny()
    }
}
