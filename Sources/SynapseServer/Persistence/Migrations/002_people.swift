import GRDB

extension Migrations {
    /// Who may sign in, who belongs to a tenant, and the work that is given to them.
    static func people(_ db: Database) throws {
        try db.execute(sql: members)
        try db.execute(sql: assignments)
    }

    /// A password is kept as its salted, slow digest; without one nobody can sign in by password.
    ///
    /// An access token belongs to one tenant, a user's token to all tenants that the user is a member of.
    private static let members = """
        ALTER TABLE user ADD COLUMN password_digest TEXT;
        CREATE TABLE member (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL REFERENCES tenant(id),
            user_id INTEGER NOT NULL REFERENCES user(id),
            role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'guest')),
            created TEXT NOT NULL,
            UNIQUE (tenant_id, user_id)
        );
        INSERT INTO member (tenant_id, user_id, role, created)
            SELECT tenant_id, user_id, 'owner', min(created) FROM access_token GROUP BY tenant_id, user_id;
        CREATE INDEX member_user ON member(user_id);
        CREATE TABLE user_token (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            user_id INTEGER NOT NULL REFERENCES user(id),
            sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
            created TEXT NOT NULL,
            expires TEXT NOT NULL,
            last_used TEXT
        );
        CREATE INDEX user_token_user ON user_token(user_id);
        """

    private static let assignments = """
        CREATE TABLE assignment (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL,
            project_id INTEGER NOT NULL,
            task_id INTEGER NOT NULL,
            user_id INTEGER NOT NULL,
            reviewer_id INTEGER,
            status_label TEXT NOT NULL DEFAULT 'stand_by'
                CHECK (status_label IN ('stand_by', 'in_progress', 'completed', 'skipped')),
            status_review TEXT NOT NULL DEFAULT 'stand_by'
                CHECK (status_review IN ('stand_by', 'in_progress', 'rejected', 'completed', 'skipped')),
            is_confirmed INTEGER NOT NULL DEFAULT 0 CHECK (is_confirmed IN (0, 1)),
            is_discarded INTEGER NOT NULL DEFAULT 0 CHECK (is_discarded IN (0, 1)),
            is_discard_confirmed INTEGER NOT NULL DEFAULT 0 CHECK (is_discard_confirmed IN (0, 1)),
            review_description TEXT NOT NULL DEFAULT '',
            data TEXT,
            created TEXT NOT NULL,
            modified TEXT NOT NULL,
            label_submitted TEXT,
            last_labeled TEXT,
            last_reviewed TEXT,
            labeler_last_action_at TEXT,
            reviewer_last_action_at TEXT,
            UNIQUE (task_id, user_id),
            UNIQUE (tenant_id, id),
            FOREIGN KEY (tenant_id, project_id) REFERENCES project(tenant_id, id),
            FOREIGN KEY (tenant_id, task_id) REFERENCES task(tenant_id, id),
            FOREIGN KEY (tenant_id, user_id) REFERENCES member(tenant_id, user_id),
            FOREIGN KEY (tenant_id, reviewer_id) REFERENCES member(tenant_id, user_id)
        );
        CREATE INDEX assignment_project ON assignment(project_id, id);
        CREATE INDEX assignment_user ON assignment(user_id, id);
        CREATE INDEX assignment_reviewer ON assignment(reviewer_id, id);
        CREATE TABLE assignment_tagging (
            assignment_id INTEGER NOT NULL,
            task_tag_id INTEGER NOT NULL,
            tenant_id INTEGER NOT NULL,
            PRIMARY KEY (assignment_id, task_tag_id),
            FOREIGN KEY (tenant_id, assignment_id) REFERENCES assignment(tenant_id, id),
            FOREIGN KEY (tenant_id, task_tag_id) REFERENCES task_tag(tenant_id, id)
        ) WITHOUT ROWID;
        CREATE INDEX assignment_tagging_tag ON assignment_tagging(task_tag_id);
        """
}
