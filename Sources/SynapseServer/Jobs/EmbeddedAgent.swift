import GRDB

/// The server itself as an agent: every tenant has one, so that calls that name an agent find one that runs jobs.
enum EmbeddedAgent {
    private static let name = "local"

    /// Notes that the server runs jobs, and where it is when that is known; makes the agents that are missing.
    static func register(_ db: Database, url: String?) throws {
        let tenants = try Int64.fetchAll(
            db,
            sql: "SELECT id FROM tenant WHERE id NOT IN (SELECT tenant_id FROM agent WHERE is_embedded = 1)")
        for tenant in tenants { try make(db, tenant) }
        try db.execute(
            sql: "UPDATE agent SET last_seen = ?, url = coalesce(?, url) WHERE is_embedded = 1",
            arguments: [WireTime.now(), url])
    }

    /// Notes that the server runs no jobs any more.
    static func unregister(_ db: Database) throws {
        try db.execute(sql: "UPDATE agent SET last_seen = NULL WHERE is_embedded = 1")
    }

    private static func make(_ db: Database, _ tenant: Int64) throws {
        var name = Self.name
        var number = 1
        while try Bool.fetchOne(
            db, sql: "SELECT 1 FROM agent WHERE tenant_id = ? AND name = ?", arguments: [tenant, name]) != nil
        {
            number += 1
            name = "\(Self.name)-\(number)"
        }
        let agent = try AgentRepository(tenant: tenant).create(db, name: name, url: nil)
        try db.execute(sql: "UPDATE agent SET is_embedded = 1 WHERE id = ?", arguments: [agent.id])
    }
}
