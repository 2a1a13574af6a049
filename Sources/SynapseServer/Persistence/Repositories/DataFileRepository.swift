import GRDB

/// Reads and writes data files of one tenant.
struct DataFileRepository: Sendable {
    static let definition = ListDefinition(
        table: .dataFile,
        columns: DataFileRecord.columns,
        orderings: ["created": "data_file.created"],
        searched: ["data_file.original_name"],
        filters: ListDefinition.common(.dataFile)
            + [checksum, collection] + ListFilter.timeComparisons("created", "data_file.created"),
        refused: ["size", "file_size", "storage", "meta"]
    )

    private static let checksum = ListFilter(key: "checksum") { values throws(ListFilter.Problem) in
        let values = values.map { $0.lowercased() }
        let md5 = Condition.oneOf("md5", values)
        let sha1 = Condition.oneOf("sha1", values)
        return Condition(
            sql: "data_file.stored_file_id IN (SELECT id FROM stored_file WHERE \(md5.sql) OR \(sha1.sql))",
            arguments: md5.arguments + sha1.arguments)
    }

    /// Files that units of a collection use; making units changes which they are.
    private static let collection = ListFilter(key: "data_collection") { values throws(ListFilter.Problem) in
        let wanted = Condition.oneOf("data_unit.data_collection_id", try ListFilter.integers(values))
        return Condition(
            sql: """
                data_file.id IN (SELECT data_file_id FROM data_unit_file
                    JOIN data_unit ON data_unit.id = data_unit_file.data_unit_id WHERE \(wanted.sql))
                """,
            arguments: wanted.arguments, isVolatile: true)
    }

    let tenant: Int64

    func existing(_ db: Database, _ id: Int64) throws -> DataFileRecord {
        let statement = try db.cachedStatement(
            sql: "SELECT \(DataFileRecord.columns) FROM data_file WHERE tenant_id = ? AND id = ?")
        let row = try Row.fetchOne(statement, arguments: [tenant, id])
        guard let row else { throw APIError.notFound }
        return DataFileRecord(row: row)
    }

    /// Makes the data file of stored content, or finds the one that is there: content is one data file for a tenant.
    func create(_ db: Database, storedFile: Int64, originalName: String, contentType: String?, meta: String?) throws
        -> DataFileRecord
    {
        if let found = try find(db, storedFile: storedFile) { return try existing(db, found) }
        let now = WireTime.now()
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO data_file (tenant_id, stored_file_id, original_name, content_type, meta, created, modified)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
        try insert.execute(
            arguments: [tenant, storedFile, originalName, contentType, meta ?? "{}", now, now])
        return try existing(db, db.lastInsertedRowID)
    }

    /// The data file of stored content.
    func find(_ db: Database, storedFile: Int64) throws -> Int64? {
        let statement = try db.cachedStatement(
            sql: "SELECT id FROM data_file WHERE stored_file_id = ? AND tenant_id = ?")
        return try Int64.fetchOne(statement, arguments: [storedFile, tenant])
    }

    /// The data file with an MD5 or a SHA-1 digest.
    func find(_ db: Database, checksum: String) throws -> UnitFileContent? {
        let column =
            switch checksum.utf8.count {
            case 32: "md5"
            case 40: "sha1"
            default: ""
            }
        guard !column.isEmpty else { return nil }
        let statement = try db.cachedStatement(
            sql: """
                SELECT data_file.id, stored_file.md5, stored_file.sha1, data_file.original_name, stored_file.name,
                    stored_file.byte_count
                FROM stored_file JOIN data_file ON data_file.stored_file_id = stored_file.id
                WHERE stored_file.tenant_id = ? AND stored_file.\(column) = ? ORDER BY data_file.id LIMIT 1
                """)
        return try Row.fetchOne(statement, arguments: [tenant, checksum.lowercased()]).map { row in
            UnitFileContent(
                id: row[0], md5: row[1], sha1: row[2], originalName: row[3], name: row[4], byteCount: row[5])
        }
    }
}

/// What a unit needs to know of a data file.
struct UnitFileContent: Sendable {
    let id: Int64
    let md5: String
    let sha1: String
    let originalName: String
    /// What the content is called on the disk.
    let name: String
    let byteCount: Int64
}
