import GRDB

extension Migrations {
    /// Agents, plugins and their releases, storages.
    static func integration(_ db: Database) throws {
        try db.execute(sql: plugins)
        try db.execute(sql: storages)
    }

    private static let plugins = """
        CREATE TABLE agent (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL REFERENCES tenant(id),
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
            url TEXT,
            token TEXT NOT NULL UNIQUE CHECK (length(token) = 40),
            last_seen TEXT,
            created TEXT NOT NULL,
            UNIQUE (tenant_id, name),
            UNIQUE (tenant_id, id)
        );
        CREATE TABLE plugin (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL REFERENCES tenant(id),
            code TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 200),
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
            category TEXT NOT NULL,
            description TEXT NOT NULL,
            is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
            is_public INTEGER NOT NULL CHECK (is_public IN (0, 1)),
            system_only INTEGER NOT NULL CHECK (system_only IN (0, 1)),
            detail TEXT,
            manifest TEXT,
            created TEXT NOT NULL,
            UNIQUE (tenant_id, code),
            UNIQUE (tenant_id, id)
        );
        CREATE TABLE plugin_release (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL,
            plugin_id INTEGER NOT NULL,
            version TEXT NOT NULL CHECK (length(version) BETWEEN 1 AND 100),
            config TEXT NOT NULL,
            requirements TEXT NOT NULL,
            readme TEXT NOT NULL,
            debug INTEGER NOT NULL CHECK (debug IN (0, 1)),
            stored_file_id INTEGER,
            original_name TEXT,
            meta TEXT NOT NULL DEFAULT '{}',
            author_id INTEGER NOT NULL REFERENCES user(id),
            created TEXT NOT NULL,
            UNIQUE (plugin_id, version),
            UNIQUE (tenant_id, id),
            FOREIGN KEY (tenant_id, plugin_id) REFERENCES plugin(tenant_id, id),
            FOREIGN KEY (tenant_id, stored_file_id) REFERENCES stored_file(tenant_id, id)
        );
        CREATE INDEX plugin_release_stored_file ON plugin_release(stored_file_id);
        """

    private static let storages = """
        CREATE TABLE storage (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant_id INTEGER NOT NULL REFERENCES tenant(id),
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
            category TEXT NOT NULL CHECK (category IN ('internal', 'external')),
            provider TEXT NOT NULL CHECK (length(provider) BETWEEN 1 AND 50),
            configuration TEXT NOT NULL,
            is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
            created TEXT NOT NULL,
            UNIQUE (tenant_id, name),
            UNIQUE (tenant_id, id)
        );
        CREATE UNIQUE INDEX storage_default ON storage(tenant_id) WHERE is_default = 1;
        """
}
