import GRDB

extension Migrations {
    /// Jobs, what they print and report, and the applications that they serve.
    ///
    /// A job is known outside by its UUID; the number orders the list.
    static func jobs(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE job (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    tenant_id INTEGER NOT NULL REFERENCES tenant(id),
                    uuid TEXT NOT NULL CHECK (length(uuid) = 36),
                    user_id INTEGER NOT NULL REFERENCES user(id),
                    plugin_release_id INTEGER NOT NULL,
                    agent_id INTEGER,
                    storage_id INTEGER,
                    action TEXT NOT NULL CHECK (length(action) BETWEEN 1 AND 200),
                    params TEXT NOT NULL,
                    status TEXT NOT NULL DEFAULT 'PENDING'
                        CHECK (status IN ('PENDING', 'RUNNING', 'STOPPED', 'SUCCEEDED', 'FAILED')),
                    language TEXT NOT NULL DEFAULT 'ko',
                    debug INTEGER NOT NULL DEFAULT 0 CHECK (debug IN (0, 1)),
                    progress_record TEXT,
                    metrics_record TEXT,
                    result TEXT,
                    meta TEXT NOT NULL DEFAULT '{}',
                    error TEXT,
                    created TEXT NOT NULL,
                    modified TEXT NOT NULL,
                    started TEXT,
                    completed TEXT,
                    UNIQUE (tenant_id, uuid),
                    UNIQUE (tenant_id, id),
                    FOREIGN KEY (tenant_id, plugin_release_id) REFERENCES plugin_release(tenant_id, id),
                    FOREIGN KEY (tenant_id, agent_id) REFERENCES agent(tenant_id, id),
                    FOREIGN KEY (tenant_id, storage_id) REFERENCES storage(tenant_id, id)
                );
                CREATE INDEX job_status ON job(tenant_id, status);
                CREATE TABLE console_line (
                    job_id INTEGER NOT NULL REFERENCES job(id),
                    number INTEGER NOT NULL CHECK (number >= 0),
                    text TEXT NOT NULL,
                    created TEXT NOT NULL,
                    PRIMARY KEY (job_id, number)
                ) WITHOUT ROWID;
                CREATE TABLE job_log (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    tenant_id INTEGER NOT NULL,
                    job_id INTEGER NOT NULL,
                    event TEXT NOT NULL CHECK (length(event) BETWEEN 1 AND 255),
                    step TEXT,
                    level TEXT,
                    data TEXT NOT NULL,
                    datetime TEXT NOT NULL,
                    digest TEXT NOT NULL CHECK (length(digest) = 64),
                    stored_file_id INTEGER,
                    original_name TEXT,
                    created TEXT NOT NULL,
                    UNIQUE (job_id, digest),
                    UNIQUE (tenant_id, id),
                    FOREIGN KEY (tenant_id, job_id) REFERENCES job(tenant_id, id),
                    FOREIGN KEY (tenant_id, stored_file_id) REFERENCES stored_file(tenant_id, id)
                );
                CREATE INDEX job_log_stored_file ON job_log(stored_file_id);
                CREATE TABLE serve_application (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    tenant_id INTEGER NOT NULL,
                    job_id INTEGER NOT NULL,
                    status TEXT NOT NULL,
                    data TEXT NOT NULL,
                    created TEXT NOT NULL,
                    UNIQUE (tenant_id, id),
                    FOREIGN KEY (tenant_id, job_id) REFERENCES job(tenant_id, id)
                );
                CREATE INDEX serve_application_job ON serve_application(job_id);
                """)
    }
}
