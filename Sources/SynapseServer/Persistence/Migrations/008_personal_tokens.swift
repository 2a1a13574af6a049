import GRDB

extension Migrations {
    /// Which access tokens stand for their user in all tenants.
    ///
    /// Nobody knows who made those that there are: they stand for their user in their tenant alone.
    static func personalTokens(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE access_token
                ADD COLUMN is_personal INTEGER NOT NULL DEFAULT 0 CHECK (is_personal IN (0, 1))
                """)
    }
}
