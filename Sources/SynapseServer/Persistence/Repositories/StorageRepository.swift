import GRDB
import SynapseModels

/// Reads and writes storages of one tenant.
struct StorageRepository: Sendable {
    static let definition = ListDefinition(
        table: .storage,
        columns: StorageRecord.columns,
        orderings: ["created": "storage.created", "name": "storage.name", "provider": "storage.provider"],
        searched: ["storage.name"],
        filters: ListDefinition.common(.storage)
            + [
                .words("category", "storage.category", isVolatile: true),
                .words("provider", "storage.provider", isVolatile: true),
                .texts("name", "storage.name", isVolatile: true), .boolean("is_default", "storage.is_default = 1"),
            ] + ListFilter.timeComparisons("created", "storage.created"),
        refused: ["configuration"]
    )

    /// Gives every tenant that has no storage the one that it is born with: a folder of the data directory.
    ///
    /// The row names no folder: the data directory may move.
    static func makeMissingDefaults(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO storage (tenant_id, name, category, provider, configuration, is_default, created)
                SELECT id, 'default', 'internal', 'file_system', '{}', 1, ? FROM tenant
                WHERE NOT EXISTS (SELECT 1 FROM storage WHERE storage.tenant_id = tenant.id)
                """,
            arguments: [WireTime.now()])
    }

    let tenant: Int64

    func find(_ db: Database, _ id: Int64) throws -> StorageRecord? {
        try Row.fetchOne(
            db, sql: "SELECT \(StorageRecord.columns) FROM storage WHERE tenant_id = ? AND id = ?",
            arguments: [tenant, id]
        ).map(StorageRecord.init)
    }

    /// - Throws: ``APIError`` with status 404.
    func existing(_ db: Database, _ id: Int64) throws -> StorageRecord {
        guard let record = try find(db, id) else { throw APIError.notFound }
        return record
    }

    /// - Throws: ``APIError`` when the name is taken.
    func create(_ db: Database, _ values: StorageFields) throws -> StorageRecord {
        try checkName(db, values.name, except: nil)
        if values.isDefault { try clearDefault(db) }
        try db.execute(
            sql: """
                INSERT INTO storage (name, category, provider, configuration, is_default, tenant_id, created)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: arguments(values) + [tenant, WireTime.now()])
        return try existing(db, db.lastInsertedRowID)
    }

    /// - Throws: ``APIError`` when the name is taken.
    func update(_ db: Database, _ id: Int64, _ values: StorageFields) throws -> StorageRecord {
        try checkName(db, values.name, except: id)
        if values.isDefault { try clearDefault(db) }
        try db.execute(
            sql: """
                UPDATE storage SET name = ?, category = ?, provider = ?, configuration = ?, is_default = ?
                WHERE tenant_id = ? AND id = ?
                """,
            arguments: arguments(values) + [tenant, id])
        return try existing(db, id)
    }

    private func clearDefault(_ db: Database) throws {
        try db.execute(
            sql: "UPDATE storage SET is_default = 0 WHERE tenant_id = ? AND is_default = 1", arguments: [tenant])
    }

    private func checkName(_ db: Database, _ name: String, except id: Int64?) throws {
        let found = try Int64.fetchOne(
            db, sql: "SELECT id FROM storage WHERE tenant_id = ? AND name = ?", arguments: [tenant, name])
        guard let found, found != id else { return }
        throw APIError.field("name", "storage with this name already exists.")
    }

    private func arguments(_ values: StorageFields) -> StatementArguments {
        [
            values.name, values.category, values.provider.rawValue, JSONValue.object(values.configuration).description,
            values.isDefault,
        ]
    }
}
