import GRDB

extension Migrations {
    /// Uploads by signed URLs: what was announced, and the pieces that have arrived.
    ///
    /// A piece is named before its row says so, like all content; a piece that is sent again gets another name, so that
    /// the row and the bytes always agree.
    static func presigned(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE presigned_upload (
                    id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 32),
                    tenant_id INTEGER NOT NULL REFERENCES tenant(id),
                    file_key TEXT NOT NULL UNIQUE,
                    filename TEXT NOT NULL,
                    content_type TEXT,
                    total INTEGER NOT NULL CHECK (total >= 0),
                    part_byte_count INTEGER CHECK (part_byte_count > 0),
                    data_file_id INTEGER,
                    is_new INTEGER NOT NULL DEFAULT 0 CHECK (is_new IN (0, 1)),
                    created TEXT NOT NULL,
                    expires TEXT NOT NULL,
                    FOREIGN KEY (tenant_id, data_file_id) REFERENCES data_file(tenant_id, id)
                ) WITHOUT ROWID;
                CREATE INDEX presigned_upload_expires ON presigned_upload(expires);
                CREATE INDEX presigned_upload_data_file ON presigned_upload(data_file_id);
                CREATE TABLE presigned_piece (
                    upload_id TEXT NOT NULL REFERENCES presigned_upload(id) ON DELETE CASCADE,
                    number INTEGER NOT NULL CHECK (number >= 0),
                    name TEXT NOT NULL UNIQUE CHECK (length(name) = 32),
                    byte_count INTEGER NOT NULL CHECK (byte_count >= 0),
                    md5 TEXT NOT NULL CHECK (length(md5) = 32),
                    sha1 TEXT NOT NULL CHECK (length(sha1) = 40),
                    PRIMARY KEY (upload_id, number)
                ) WITHOUT ROWID;
                """)
    }
}
