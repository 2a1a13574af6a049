import GRDB

/// Reads and writes data collections of one tenant.
struct DataCollectionRepository: Sendable {
    static let definition = ListDefinition(
        table: .dataCollection,
        columns: DataCollectionRecord.columns,
        orderings: ["created": "data_collection.created", "name": "data_collection.name"],
        searched: ["data_collection.name", "data_collection.description"],
        filters: ListDefinition.common(.dataCollection)
            + [
                .words("category", "data_collection.category"),
                .words("access_level", "data_collection.access_level"),
                .boolean("is_archived", "data_collection.is_archived = 1"),
            ] + ListFilter.timeComparisons("created", "data_collection.created"),
        refused: ["name", "description", "meta"]
    )

    let tenant: Int64

    func find(_ db: Database, _ id: Int64) throws -> DataCollectionRecord? {
        try find(db, [id])[id]
    }

    func find(_ db: Database, _ ids: Set<Int64>) throws -> [Int64: DataCollectionRecord] {
        let condition = Condition.oneOf("data_collection.id", ids.sorted())
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT \(DataCollectionRecord.columns) FROM data_collection WHERE tenant_id = ? AND \(condition.sql)",
            arguments: [tenant] + StatementArguments(condition.arguments))
        let records = try withSpecifications(db, rows.map(DataCollectionRecord.init))
        return Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
    }

    func withSpecifications(_ db: Database, _ records: [DataCollectionRecord]) throws -> [DataCollectionRecord] {
        let condition = Condition.oneOf("data_collection_id", records.map(\.id))
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT \(FileSpecificationRecord.columns) FROM file_specification
                WHERE tenant_id = ? AND \(condition.sql) ORDER BY position, id
                """,
            arguments: [tenant] + StatementArguments(condition.arguments))
        let grouped = Dictionary(grouping: rows.map(FileSpecificationRecord.init), by: \.collection)
        return records.map { record in
            var record = record
            record.specifications = grouped[record.id] ?? []
            return record
        }
    }

    func create(_ db: Database, _ values: DataCollectionValues) throws -> DataCollectionRecord {
        try db.execute(
            sql: """
                INSERT INTO data_collection (tenant_id, name, description, category, meta, caution, access_level, created)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                tenant, values.name, values.description, values.category, values.meta, values.caution,
                values.accessLevel, WireTime.now(),
            ])
        let id = db.lastInsertedRowID
        for specification in values.specifications { try insert(db, specification, collection: id) }
        guard let record = try find(db, id) else { throw APIError.notFound }
        return record
    }

    private func insert(_ db: Database, _ values: FileSpecificationValues, collection: Int64) throws {
        try db.execute(
            sql: """
                INSERT INTO file_specification (tenant_id, data_collection_id, name, description, file_type,
                    configuration, extensions, is_required, is_primary, is_sequential, function_type, position)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                tenant, collection, values.name, values.description, values.fileType, values.configuration,
                values.extensions.joined(separator: "\n"), values.isRequired, values.isPrimary, values.isSequential,
                values.functionType, values.position,
            ])
    }
}
