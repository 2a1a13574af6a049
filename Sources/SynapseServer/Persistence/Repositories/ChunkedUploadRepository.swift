import GRDB
import HTTPTypes

/// Reads and writes chunked uploads of one user.
struct ChunkedUploadRepository: Sendable {
    let tenant: Int64
    let user: Int64

    /// How many bytes of an upload count; nil when it is not there.
    static func offset(_ db: Database, _ id: String, tenant: Int64) throws -> Int64? {
        try Int64.fetchOne(
            db, sql: "SELECT offset FROM chunked_upload WHERE id = ? AND tenant_id = ?", arguments: [id, tenant])
    }

    func find(_ db: Database, _ id: String) throws -> ChunkedUploadRecord? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT \(ChunkedUploadRecord.columns) FROM chunked_upload
                LEFT JOIN stored_file ON stored_file.id = chunked_upload.stored_file_id
                WHERE chunked_upload.id = ? AND chunked_upload.tenant_id = ? AND chunked_upload.user_id = ?
                """,
            arguments: [id, tenant, user]
        ).map(ChunkedUploadRecord.init)
    }

    private static let isOpen =
        "chunked_upload.tenant_id = ? AND chunked_upload.user_id = ? AND completed IS NULL AND expires > ?"

    /// How many uploads are not complete and not expired.
    func openCount(_ db: Database) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT COUNT(*) FROM chunked_upload WHERE \(Self.isOpen)",
            arguments: [tenant, user, WireTime.now()]) ?? 0
    }

    /// Those uploads, the oldest first.
    func open(_ db: Database, offset: Int, limit: Int) throws -> [ChunkedUploadRecord] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT \(ChunkedUploadRecord.columns) FROM chunked_upload
                LEFT JOIN stored_file ON stored_file.id = chunked_upload.stored_file_id
                WHERE \(Self.isOpen) ORDER BY chunked_upload.created, chunked_upload.id LIMIT ? OFFSET ?
                """,
            arguments: [tenant, user, WireTime.now(), limit, offset]
        ).map(ChunkedUploadRecord.init)
    }

    /// - Throws: ``APIError`` with status 404 for one that is not there, 410 for one that has expired.
    func existing(_ db: Database, _ id: String) throws -> ChunkedUploadRecord {
        guard let record = try find(db, id) else { throw APIError.notFound }
        if record.expires <= WireTime.now() { throw APIError.uploadExpired }
        return record
    }

    func create(
        _ db: Database, id: String, filename: String, total: Int64, offset: Int64, lifetime: Duration
    ) throws -> ChunkedUploadRecord {
        try db.execute(
            sql: """
                INSERT INTO chunked_upload (id, tenant_id, user_id, filename, total, offset, last_start, created, expires)
                VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)
                """,
            arguments: [id, tenant, user, filename, total, offset, WireTime.now(), WireTime.now(adding: lifetime)])
        return try existing(db, id)
    }

    /// Counts a chunk that is on the disk.
    func advance(_ db: Database, _ id: String, from start: Int64, to end: Int64, lifetime: Duration) throws
        -> ChunkedUploadRecord
    {
        try db.execute(
            sql: """
                UPDATE chunked_upload SET offset = ?, last_start = ?, expires = ?
                WHERE id = ? AND tenant_id = ? AND offset = ? AND completed IS NULL
                """,
            arguments: [end, start, WireTime.now(adding: lifetime), id, tenant, start])
        guard db.changesCount == 1 else { throw APIError(.conflict, "The upload was changed by another request.") }
        return try existing(db, id)
    }

    func complete(_ db: Database, _ id: String, storedFile: Int64) throws -> ChunkedUploadRecord {
        try db.execute(
            sql: "UPDATE chunked_upload SET stored_file_id = ?, completed = ? WHERE id = ? AND tenant_id = ?",
            arguments: [storedFile, WireTime.now(), id, tenant])
        return try existing(db, id)
    }

    /// Removes an upload that is not complete, expired or not: what is complete may be in use.
    func delete(_ db: Database, _ id: String) throws {
        guard try find(db, id)?.completed == nil else {
            throw APIError(.badRequest, "Upload has already been marked as \"complete\"")
        }
        try db.execute(
            sql: "DELETE FROM chunked_upload WHERE id = ? AND tenant_id = ? AND user_id = ?",
            arguments: [id, tenant, user])
        if db.changesCount == 0 { throw APIError.notFound }
    }
}
