import GRDB

extension Migrations {
    /// Which jobs this server runs itself, and how far it has come with each.
    ///
    /// A job without a row here is for somebody else to run. `position` counts the bytes of output whose lines are kept:
    /// it changes in the transaction that keeps them.
    static func jobRuns(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE job_run (
                    job_id INTEGER PRIMARY KEY NOT NULL,
                    tenant_id INTEGER NOT NULL,
                    executor TEXT,
                    handle TEXT CHECK (length(handle) <= 500),
                    access_token_id INTEGER REFERENCES access_token(id),
                    position INTEGER NOT NULL DEFAULT 0 CHECK (position >= 0),
                    note TEXT,
                    claimed TEXT,
                    begun TEXT,
                    stop_requested TEXT,
                    ended TEXT,
                    discarded TEXT,
                    CHECK ((executor IS NULL) = (claimed IS NULL)),
                    FOREIGN KEY (tenant_id, job_id) REFERENCES job(tenant_id, id)
                );
                CREATE INDEX job_run_open ON job_run(tenant_id, job_id) WHERE ended IS NULL;
                CREATE INDEX job_run_kept ON job_run(ended) WHERE ended IS NOT NULL AND discarded IS NULL;
                ALTER TABLE agent ADD COLUMN is_embedded INTEGER NOT NULL DEFAULT 0 CHECK (is_embedded IN (0, 1));
                CREATE UNIQUE INDEX agent_embedded ON agent(tenant_id) WHERE is_embedded = 1;
                """)
    }
}
