import GRDB

extension Migrations {
    /// The first schema: tenants and tokens, files and uploads, collections and units, projects, tasks and tags.
    ///
    /// Relations carry the tenant, so that the database itself refuses a row that refers to another tenant's.
    /// Times are text of one width in UTC, so that they compare as text. Open JSON is kept as the text that came.
    /// Identifiers are never used again: a link to a row that is gone must not lead to another.
    static func initial(_ db: Database) throws {
        try db.execute(sql: tenants)
        try db.execute(sql: files)
        try db.execute(sql: collections)
        try db.execute(sql: tasks)
    }

    private static let tenants = """
        CREATE TABLE tenant (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            code TEXT NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 64),
            name TEXT NOT NULL,
            created TEXT NOT NULL
        );
        CREATE TABLE user (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            email TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            is_admin INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1))
        );
        CREATE TABLE access_token (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL REFERENCES tenant(id),
            user_id INTEGER NOT NULL REFERENCES user(id),
            sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
            description TEXT NOT NULL DEFAULT '',
            created TEXT NOT NULL,
            last_used TEXT,
            revoked TEXT
        );
        CREATE TABLE server_secret (
            name TEXT PRIMARY KEY NOT NULL,
            value TEXT NOT NULL CHECK (length(value) >= 64)
        ) WITHOUT ROWID;
        CREATE TABLE idempotency_answer (
            tenant_id INTEGER NOT NULL REFERENCES tenant(id),
            key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
            fingerprint TEXT NOT NULL CHECK (length(fingerprint) = 64),
            status INTEGER NOT NULL,
            body TEXT NOT NULL,
            created TEXT NOT NULL,
            PRIMARY KEY (tenant_id, key)
        ) WITHOUT ROWID;
        CREATE INDEX idempotency_answer_created ON idempotency_answer(created);
        """

    private static let files = """
        CREATE TABLE stored_file (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL REFERENCES tenant(id),
            name TEXT NOT NULL UNIQUE CHECK (length(name) = 32),
            byte_count INTEGER NOT NULL CHECK (byte_count >= 0),
            md5 TEXT NOT NULL CHECK (length(md5) = 32),
            sha1 TEXT NOT NULL CHECK (length(sha1) = 40),
            created TEXT NOT NULL,
            UNIQUE (tenant_id, md5, sha1, byte_count),
            UNIQUE (tenant_id, id)
        );
        CREATE INDEX stored_file_sha1 ON stored_file(tenant_id, sha1);
        CREATE TABLE data_file (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL REFERENCES tenant(id),
            stored_file_id INTEGER NOT NULL UNIQUE,
            original_name TEXT NOT NULL,
            content_type TEXT,
            meta TEXT NOT NULL DEFAULT '{}',
            created TEXT NOT NULL,
            modified TEXT NOT NULL,
            UNIQUE (tenant_id, id),
            FOREIGN KEY (tenant_id, stored_file_id) REFERENCES stored_file(tenant_id, id)
        );
        CREATE TABLE chunked_upload (
            id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
            tenant_id INTEGER NOT NULL REFERENCES tenant(id),
            user_id INTEGER NOT NULL REFERENCES user(id),
            filename TEXT NOT NULL,
            total INTEGER NOT NULL CHECK (total >= 0),
            offset INTEGER NOT NULL CHECK (offset BETWEEN 0 AND total),
            last_start INTEGER CHECK (last_start <= offset),
            stored_file_id INTEGER,
            created TEXT NOT NULL,
            completed TEXT,
            expires TEXT NOT NULL,
            CHECK ((completed IS NULL) = (stored_file_id IS NULL)),
            FOREIGN KEY (tenant_id, stored_file_id) REFERENCES stored_file(tenant_id, id)
        ) WITHOUT ROWID;
        CREATE INDEX chunked_upload_expires ON chunked_upload(expires);
        CREATE INDEX chunked_upload_stored_file ON chunked_upload(stored_file_id);
        """

    private static let collections = """
        CREATE TABLE data_collection (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL REFERENCES tenant(id),
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
            description TEXT NOT NULL,
            category TEXT NOT NULL,
            meta TEXT NOT NULL,
            caution TEXT NOT NULL,
            access_level TEXT NOT NULL,
            is_archived INTEGER NOT NULL DEFAULT 0 CHECK (is_archived IN (0, 1)),
            created TEXT NOT NULL,
            UNIQUE (tenant_id, id)
        );
        CREATE TABLE file_specification (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL,
            data_collection_id INTEGER NOT NULL,
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 50),
            description TEXT NOT NULL,
            file_type TEXT NOT NULL,
            configuration TEXT NOT NULL,
            extensions TEXT NOT NULL,
            is_required INTEGER NOT NULL CHECK (is_required IN (0, 1)),
            is_primary INTEGER NOT NULL CHECK (is_primary IN (0, 1)),
            is_sequential INTEGER NOT NULL CHECK (is_sequential IN (0, 1)),
            function_type TEXT NOT NULL,
            position INTEGER NOT NULL,
            UNIQUE (data_collection_id, name),
            FOREIGN KEY (tenant_id, data_collection_id) REFERENCES data_collection(tenant_id, id)
        );
        CREATE TABLE data_group (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL,
            data_collection_id INTEGER NOT NULL,
            parent_id INTEGER REFERENCES data_group(id),
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
            FOREIGN KEY (tenant_id, data_collection_id) REFERENCES data_collection(tenant_id, id)
        );
        CREATE UNIQUE INDEX data_group_name ON data_group(data_collection_id, ifnull(parent_id, 0), name);
        CREATE TABLE data_unit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL,
            data_collection_id INTEGER NOT NULL,
            group_id INTEGER REFERENCES data_group(id),
            checksum TEXT NOT NULL CHECK (length(checksum) = 64),
            meta TEXT NOT NULL,
            created TEXT NOT NULL,
            UNIQUE (data_collection_id, checksum),
            UNIQUE (tenant_id, id),
            FOREIGN KEY (tenant_id, data_collection_id) REFERENCES data_collection(tenant_id, id)
        );
        CREATE INDEX data_unit_collection ON data_unit(data_collection_id, id);
        CREATE TABLE data_unit_file (
            data_unit_id INTEGER NOT NULL,
            file_specification_id INTEGER NOT NULL REFERENCES file_specification(id),
            tenant_id INTEGER NOT NULL,
            data_file_id INTEGER NOT NULL,
            path TEXT NOT NULL,
            PRIMARY KEY (data_unit_id, file_specification_id),
            FOREIGN KEY (tenant_id, data_unit_id) REFERENCES data_unit(tenant_id, id),
            FOREIGN KEY (tenant_id, data_file_id) REFERENCES data_file(tenant_id, id)
        ) WITHOUT ROWID;
        CREATE INDEX data_unit_file_data_file ON data_unit_file(data_file_id);
        """

    private static let tasks = """
        CREATE TABLE project (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL REFERENCES tenant(id),
            data_collection_id INTEGER,
            title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
            description TEXT NOT NULL,
            category TEXT NOT NULL,
            configuration TEXT NOT NULL,
            settings TEXT NOT NULL,
            caution TEXT NOT NULL,
            access_level TEXT NOT NULL,
            count_max_assignments_per_task INTEGER NOT NULL CHECK (count_max_assignments_per_task >= 0),
            can_discard INTEGER NOT NULL CHECK (can_discard IN (0, 1)),
            enable_workforce INTEGER NOT NULL CHECK (enable_workforce IN (0, 1)),
            is_archived INTEGER NOT NULL DEFAULT 0 CHECK (is_archived IN (0, 1)),
            task_count INTEGER NOT NULL DEFAULT 0 CHECK (task_count >= 0),
            created TEXT NOT NULL,
            UNIQUE (tenant_id, id),
            FOREIGN KEY (tenant_id, data_collection_id) REFERENCES data_collection(tenant_id, id)
        );
        CREATE INDEX project_collection ON project(data_collection_id);
        CREATE TABLE task (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL,
            project_id INTEGER NOT NULL,
            data_unit_id INTEGER NOT NULL,
            schema TEXT NOT NULL DEFAULT 'any',
            is_submitted INTEGER NOT NULL DEFAULT 0 CHECK (is_submitted IN (0, 1)),
            is_discarded INTEGER NOT NULL DEFAULT 0 CHECK (is_discarded IN (0, 1)),
            created TEXT NOT NULL,
            modified TEXT NOT NULL,
            meta TEXT,
            data TEXT,
            UNIQUE (project_id, data_unit_id),
            UNIQUE (tenant_id, id),
            FOREIGN KEY (tenant_id, project_id) REFERENCES project(tenant_id, id),
            FOREIGN KEY (tenant_id, data_unit_id) REFERENCES data_unit(tenant_id, id)
        );
        CREATE INDEX task_project ON task(project_id, id);
        CREATE INDEX task_data_unit ON task(data_unit_id);
        CREATE TABLE task_tag (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL,
            project_id INTEGER NOT NULL,
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
            category TEXT NOT NULL,
            description TEXT NOT NULL,
            meta TEXT NOT NULL,
            created TEXT NOT NULL,
            UNIQUE (project_id, name),
            UNIQUE (tenant_id, id),
            FOREIGN KEY (tenant_id, project_id) REFERENCES project(tenant_id, id)
        );
        CREATE TABLE task_tagging (
            task_id INTEGER NOT NULL,
            task_tag_id INTEGER NOT NULL,
            tenant_id INTEGER NOT NULL,
            PRIMARY KEY (task_id, task_tag_id),
            FOREIGN KEY (tenant_id, task_id) REFERENCES task(tenant_id, id),
            FOREIGN KEY (tenant_id, task_tag_id) REFERENCES task_tag(tenant_id, id)
        ) WITHOUT ROWID;
        CREATE INDEX task_tagging_tag ON task_tagging(task_tag_id);
        """
}
