import GRDB

/// Reads and writes uploads by signed URLs.
///
/// A request that comes by a signed URL has no tenant: the URL names the upload, and the signature proves that this
/// server gave it out.
struct PresignedUploadRepository: Sendable {
    func find(_ db: Database, id: String) throws -> PresignedUploadRecord? {
        try Row.fetchOne(
            db, sql: "SELECT \(PresignedUploadRecord.columns) FROM presigned_upload WHERE id = ? AND expires > ?",
            arguments: [id, WireTime.now()]
        ).map(PresignedUploadRecord.init)
    }

    func find(_ db: Database, fileKey: String, tenant: Int64) throws -> PresignedUploadRecord? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT \(PresignedUploadRecord.columns) FROM presigned_upload
                WHERE file_key = ? AND tenant_id = ? AND expires > ?
                """,
            arguments: [fileKey, tenant, WireTime.now()]
        ).map(PresignedUploadRecord.init)
    }

    func create(
        _ db: Database, tenant: Int64, filename: String, contentType: String?, total: Int64, partByteCount: Int64?,
        lifetime: Duration
    ) throws -> PresignedUploadRecord {
        let id = LocalFileStore.makeName()
        let suffix = Filename.suffix(filename)
        let isPlain =
            (1...10).contains(suffix.utf8.count) && suffix.allSatisfy { $0.isASCII && $0.isLetter || $0.isNumber }
        let key = "tenants/\(tenant)/files/\(id)\(isPlain ? "." + suffix : "")"
        try db.execute(
            sql: """
                INSERT INTO presigned_upload
                    (id, tenant_id, file_key, filename, content_type, total, part_byte_count, created, expires)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id, tenant, key, filename, contentType, total, partByteCount, WireTime.now(),
                WireTime.now(adding: lifetime),
            ])
        guard let record = try find(db, id: id) else { throw APIError.uploadExpired }
        return record
    }

    /// Whether a row names a piece on the disk.
    func isKept(_ db: Database, piece name: String) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT 1 FROM presigned_piece WHERE name = ?", arguments: [name]) ?? false
    }

    func pieces(_ db: Database, of id: String) throws -> [PresignedPiece] {
        try Row.fetchAll(
            db,
            sql: "SELECT number, name, byte_count, md5, sha1 FROM presigned_piece WHERE upload_id = ? ORDER BY number",
            arguments: [id]
        ).map(PresignedPiece.init)
    }

    /// Names a piece that is on the disk, in place of one that came before.
    ///
    /// - Returns: The name of the piece that it replaces.
    /// - Throws: ``APIError`` with status 410 for an upload that is gone or done.
    func keep(_ db: Database, _ piece: PresignedPiece, of id: String) throws -> String? {
        guard let record = try find(db, id: id), record.dataFile == nil else { throw APIError.uploadExpired }
        let old = try String.fetchOne(
            db, sql: "SELECT name FROM presigned_piece WHERE upload_id = ? AND number = ?",
            arguments: [id, piece.number])
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO presigned_piece (upload_id, number, name, byte_count, md5, sha1)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id, piece.number, piece.name, piece.digests.byteCount, piece.digests.md5, piece.digests.sha1,
            ])
        return old
    }

    /// Ties an upload to its data file and lets go of its pieces.
    ///
    /// - Returns: The names of the pieces, whose bytes are surplus once the transaction is done.
    func complete(_ db: Database, _ id: String, dataFile: Int64, isNew: Bool) throws -> [String] {
        try db.execute(
            sql: "UPDATE presigned_upload SET data_file_id = ?, is_new = ? WHERE id = ?",
            arguments: [dataFile, isNew, id])
        let names = try pieces(db, of: id).map(\.name)
        try db.execute(sql: "DELETE FROM presigned_piece WHERE upload_id = ?", arguments: [id])
        return names
    }

    /// Removes an upload that is not complete.
    ///
    /// - Returns: The names of its pieces.
    func abort(_ db: Database, _ id: String) throws -> [String] {
        let names = try pieces(db, of: id).map(\.name)
        try db.execute(sql: "DELETE FROM presigned_upload WHERE id = ? AND data_file_id IS NULL", arguments: [id])
        return db.changesCount == 0 ? [] : names
    }

    /// Removes uploads whose time is over.
    ///
    /// - Returns: How many, and the names of their pieces.
    func removeExpired(_ db: Database) throws -> (count: Int, pieces: [String]) {
        let now = WireTime.now()
        let names = try String.fetchAll(
            db,
            sql: """
                SELECT name FROM presigned_piece
                WHERE upload_id IN (SELECT id FROM presigned_upload WHERE expires <= ?)
                """,
            arguments: [now])
        try db.execute(sql: "DELETE FROM presigned_upload WHERE expires <= ?", arguments: [now])
        return (db.changesCount, names)
    }

    func pieceNames(_ db: Database) throws -> Set<String> {
        try Set(String.fetchAll(db, sql: "SELECT name FROM presigned_piece"))
    }
}
