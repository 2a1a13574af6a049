import GRDB

/// Makes tenants, users and tokens; the only repository that is not scoped by a tenant.
struct TenantRepository: Sendable {
    static let defaultCode = "default"
    private static let adminEmail = "admin@localhost.localdomain"

    /// Makes the tenant and the user of a fresh backend, when they are missing.
    func prepare(_ db: Database) throws {
        try db.execute(
            sql: "INSERT OR IGNORE INTO user (email, name, is_admin) VALUES (?, 'Administrator', 1)",
            arguments: [Self.adminEmail])
        if try id(db, code: Self.defaultCode) == nil {
            _ = try createTenant(db, code: Self.defaultCode, name: "Default")
        }
        try StorageRepository.makeMissingDefaults(db)
    }

    func id(_ db: Database, code: String) throws -> Int64? {
        try Int64.fetchOne(db, sql: "SELECT id FROM tenant WHERE code = ?", arguments: [code])
    }

    /// Makes a tenant with an owner.
    ///
    /// The administrator of the backend owns the first tenant alone. Every other has an owner of its own: whoever holds
    /// its token acts as that user, and must be nobody in another tenant.
    func createTenant(_ db: Database, code: String, name: String) throws -> Int64 {
        let now = WireTime.now()
        try db.execute(
            sql: "INSERT INTO tenant (code, name, created) VALUES (?, ?, ?)", arguments: [code, name, now])
        let tenant = db.lastInsertedRowID
        var email = Self.adminEmail
        if code != Self.defaultCode {
            // An address that nobody can guess: who knows one can make its user a member.
            email = "owner-\(tenant)-\(Hexadecimal.random(byteCount: 8))@localhost.localdomain"
            try db.execute(sql: "INSERT INTO user (email, name) VALUES (?, ?)", arguments: [email, "Owner of \(name)"])
        }
        try db.execute(
            sql: """
                INSERT INTO member (tenant_id, user_id, role, created)
                SELECT ?, id, 'owner', ? FROM user WHERE email = ?
                """,
            arguments: [tenant, now, email])
        try StorageRepository.makeMissingDefaults(db)
        return tenant
    }

    /// Keeps a token's digest, unless it is kept already; the token itself is never stored.
    ///
    /// It acts as the administrator of the backend in the first tenant, as the first owner in another, and is as good as
    /// their own: whoever has the machine has made it.
    func keep(_ db: Database, token: String, tenant: Int64, description: String) throws {
        try db.execute(
            sql: """
                INSERT INTO access_token (tenant_id, user_id, sha256, description, created, is_personal)
                SELECT tenant_id, user_id, ?, ?, ?, 1 FROM member
                JOIN user ON user.id = user_id JOIN tenant ON tenant.id = tenant_id
                WHERE tenant_id = ? AND role = 'owner' ORDER BY is_admin = (code = ?) DESC, member.id LIMIT 1
                ON CONFLICT (sha256) DO UPDATE SET is_personal = 1
                WHERE tenant_id = excluded.tenant_id AND user_id = excluded.user_id
                """,
            arguments: [Authenticator.digest(token), description, WireTime.now(), tenant, Self.defaultCode])
    }

    func isRevoked(_ db: Database, token: String) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT revoked IS NOT NULL FROM access_token WHERE sha256 = ?",
            arguments: [Authenticator.digest(token)]) ?? false
    }

    func revoke(_ db: Database, token: String) throws {
        try db.execute(
            sql: "UPDATE access_token SET revoked = ? WHERE sha256 = ? AND revoked IS NULL",
            arguments: [WireTime.now(), Authenticator.digest(token)])
    }

    /// The secret that signs links; made on first use and kept, so that links survive a restart.
    func signingSecret(_ db: Database) throws -> String {
        let found = try String.fetchOne(db, sql: "SELECT value FROM server_secret WHERE name = 'url'")
        if let found { return found }
        let secret = Hexadecimal.random(byteCount: 32)
        try db.execute(sql: "INSERT INTO server_secret (name, value) VALUES ('url', ?)", arguments: [secret])
        return secret
    }
}
