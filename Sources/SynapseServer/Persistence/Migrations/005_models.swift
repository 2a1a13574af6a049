import GRDB

extension Migrations {
    /// Trained models, and ground truth with versions that freeze what it was.
    ///
    /// Every change of a ground truth is an event that keeps the data as it was; a version names events, so that later
    /// changes do not touch it.
    static func models(_ db: Database) throws {
        try db.execute(sql: trained)
        try db.execute(sql: groundTruth)
    }

    private static let trained = """
        CREATE TABLE model (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL REFERENCES tenant(id),
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
            description TEXT NOT NULL,
            category TEXT NOT NULL DEFAULT 'base',
            configuration TEXT NOT NULL,
            metrics TEXT,
            plugin_id INTEGER,
            version TEXT,
            checkpoint_id INTEGER,
            project_id INTEGER,
            is_released INTEGER NOT NULL DEFAULT 0 CHECK (is_released IN (0, 1)),
            is_external INTEGER NOT NULL DEFAULT 0 CHECK (is_external IN (0, 1)),
            stored_file_id INTEGER NOT NULL,
            original_name TEXT NOT NULL,
            chunked_upload_id TEXT,
            created TEXT NOT NULL,
            UNIQUE (tenant_id, id),
            UNIQUE (tenant_id, chunked_upload_id),
            FOREIGN KEY (tenant_id, plugin_id) REFERENCES plugin(tenant_id, id),
            FOREIGN KEY (tenant_id, checkpoint_id) REFERENCES model(tenant_id, id),
            FOREIGN KEY (tenant_id, project_id) REFERENCES project(tenant_id, id),
            FOREIGN KEY (tenant_id, stored_file_id) REFERENCES stored_file(tenant_id, id)
        );
        CREATE INDEX model_stored_file ON model(stored_file_id);
        CREATE INDEX model_project ON model(project_id);
        """

    private static let groundTruth = """
        CREATE TABLE ground_truth_dataset (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL REFERENCES tenant(id),
            project_id INTEGER NOT NULL,
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
            description TEXT NOT NULL,
            created TEXT NOT NULL,
            UNIQUE (project_id, name),
            UNIQUE (tenant_id, id),
            FOREIGN KEY (tenant_id, project_id) REFERENCES project(tenant_id, id)
        );
        CREATE TABLE ground_truth (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL,
            ground_truth_dataset_id INTEGER NOT NULL,
            data_unit_id INTEGER NOT NULL,
            task_id INTEGER,
            assignment_id INTEGER,
            category TEXT NOT NULL CHECK (category IN ('train', 'validation', 'test')),
            data TEXT NOT NULL,
            classes TEXT NOT NULL DEFAULT '[]',
            created TEXT NOT NULL,
            modified TEXT NOT NULL,
            UNIQUE (ground_truth_dataset_id, data_unit_id),
            UNIQUE (tenant_id, id),
            FOREIGN KEY (tenant_id, ground_truth_dataset_id) REFERENCES ground_truth_dataset(tenant_id, id),
            FOREIGN KEY (tenant_id, data_unit_id) REFERENCES data_unit(tenant_id, id),
            FOREIGN KEY (tenant_id, task_id) REFERENCES task(tenant_id, id),
            FOREIGN KEY (tenant_id, assignment_id) REFERENCES assignment(tenant_id, id)
        );
        CREATE TABLE ground_truth_event (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL,
            ground_truth_id INTEGER NOT NULL,
            ground_truth_dataset_id INTEGER NOT NULL,
            data_unit_id INTEGER NOT NULL,
            task_id INTEGER,
            assignment_id INTEGER,
            label TEXT NOT NULL CHECK (label IN ('insert', 'update')),
            category TEXT NOT NULL,
            data TEXT NOT NULL,
            classes TEXT NOT NULL,
            data_md5 TEXT NOT NULL CHECK (length(data_md5) = 32),
            data_sha256 TEXT NOT NULL CHECK (length(data_sha256) = 64),
            created TEXT NOT NULL,
            UNIQUE (tenant_id, id),
            FOREIGN KEY (tenant_id, ground_truth_id) REFERENCES ground_truth(tenant_id, id),
            FOREIGN KEY (tenant_id, ground_truth_dataset_id) REFERENCES ground_truth_dataset(tenant_id, id),
            FOREIGN KEY (tenant_id, data_unit_id) REFERENCES data_unit(tenant_id, id)
        );
        CREATE INDEX ground_truth_event_truth ON ground_truth_event(ground_truth_id, id);
        CREATE INDEX ground_truth_event_dataset ON ground_truth_event(ground_truth_dataset_id, id);
        CREATE TABLE ground_truth_dataset_version (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL,
            ground_truth_dataset_id INTEGER NOT NULL,
            version TEXT NOT NULL CHECK (length(version) BETWEEN 1 AND 100),
            description TEXT NOT NULL,
            is_archived INTEGER NOT NULL DEFAULT 0 CHECK (is_archived IN (0, 1)),
            created TEXT NOT NULL,
            UNIQUE (ground_truth_dataset_id, version),
            UNIQUE (tenant_id, id),
            FOREIGN KEY (tenant_id, ground_truth_dataset_id) REFERENCES ground_truth_dataset(tenant_id, id)
        );
        CREATE TABLE ground_truth_version_event (
            version_id INTEGER NOT NULL REFERENCES ground_truth_dataset_version(id),
            event_id INTEGER NOT NULL REFERENCES ground_truth_event(id),
            PRIMARY KEY (version_id, event_id)
        ) WITHOUT ROWID;
        CREATE INDEX ground_truth_version_event_event ON ground_truth_version_event(event_id);
        """
}
