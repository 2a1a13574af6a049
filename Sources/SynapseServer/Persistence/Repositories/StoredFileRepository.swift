import GRDB

/// Rows that name content on the disk.
struct StoredFileRepository: Sendable {
    /// The tables that name content by `stored_file_id`.
    ///
    /// Content that none of them names is swept away, so a table that comes to name content belongs here.
    static let referrers = ["data_file", "chunked_upload", "plugin_release", "job_log", "model"]

    /// True in SQL for a row of `stored_file` that no row names.
    static var isOrphan: String {
        referrers.map { "NOT EXISTS (SELECT 1 FROM \($0) WHERE \($0).stored_file_id = stored_file.id)" }
            .joined(separator: " AND ")
    }

    /// Whether a row names a file on the disk.
    static func isNamed(_ db: Database, _ name: String) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT 1 FROM stored_file WHERE name = ?", arguments: [name]) ?? false
    }

    /// How many bytes the file on the disk has; nil when no row names it.
    static func byteCount(_ db: Database, of name: String) throws -> Int64? {
        let statement = try db.cachedStatement(sql: "SELECT byte_count FROM stored_file WHERE name = ?")
        return try Int64.fetchOne(statement, arguments: [name])
    }

    let tenant: Int64

    struct Adoption: Sendable {
        let id: Int64
        /// True when the row names the new file; false when the content was there already and the new file is surplus.
        let isNew: Bool
    }

    /// Names a file that is complete and on the disk, or finds the row that has the same content.
    ///
    /// A row whose file is gone takes the new file over, so that sending a file again repairs a damaged store. A file
    /// that cannot be looked at is not taken for gone.
    func adopt(_ db: Database, name: String, _ digests: ContentDigests, in store: LocalFileStore) throws -> Adoption {
        let find = try db.cachedStatement(
            sql: "SELECT id, name FROM stored_file WHERE tenant_id = ? AND md5 = ? AND sha1 = ? AND byte_count = ?")
        let row = try Row.fetchOne(find, arguments: [tenant, digests.md5, digests.sha1, digests.byteCount])
        guard let row else {
            let insert = try db.cachedStatement(
                sql: """
                    INSERT INTO stored_file (tenant_id, name, byte_count, md5, sha1, created) VALUES (?, ?, ?, ?, ?, ?)
                    """)
            try insert.execute(
                arguments: [tenant, name, digests.byteCount, digests.md5, digests.sha1, WireTime.now()])
            return Adoption(id: db.lastInsertedRowID, isNew: true)
        }
        let id: Int64 = row[0]
        if try FileSystem.byteCount(of: store.path(of: row[1])) == digests.byteCount {
            return Adoption(id: id, isNew: false)
        }
        try db.execute(sql: "UPDATE stored_file SET name = ? WHERE id = ?", arguments: [name, id])
        return Adoption(id: id, isNew: true)
    }
}
