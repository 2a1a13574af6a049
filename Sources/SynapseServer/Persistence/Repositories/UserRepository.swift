import GRDB
import HTTPTypes

/// Reads and writes what belongs to a user in all tenants: password and sessions.
struct UserRepository: Sendable {
    /// How long a user's token lasts.
    static let tokenLifetime: Duration = .seconds(90 * 86_400)
    private static let maximumTokenCount = 100

    struct Account: Sendable {
        let id: Int64
        let passwordDigest: String?
    }

    func find(_ db: Database, email: String) throws -> Account? {
        try Row.fetchOne(
            db, sql: "SELECT id, password_digest FROM user WHERE email = ?", arguments: [email.lowercased()]
        ).map { Account(id: $0[0], passwordDigest: $0[1]) }
    }

    func passwordDigest(_ db: Database, _ id: Int64) throws -> String? {
        try String.fetchOne(db, sql: "SELECT password_digest FROM user WHERE id = ?", arguments: [id])
    }

    func isAdministrator(_ db: Database, _ id: Int64) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT is_admin FROM user WHERE id = ?", arguments: [id]) ?? false
    }

    /// Checks that a caller may act for the user beyond the tenant of the request.
    ///
    /// Name, password and the powers of the backend's administrator hold in all tenants. Administrators of any of them
    /// can make access tokens for its members, so that only a session, or an access token that the user made so, stands
    /// for the user as a whole; another is enough for a user who is nobody elsewhere.
    ///
    /// - Throws: ``APIError`` with status 403.
    func checkActsInAllTenants(_ db: Database, _ identity: Identity) throws {
        if identity.isPersonal { return }
        let isElsewhere = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM member WHERE user_id = ? AND tenant_id <> ?)",
            arguments: [identity.userID, identity.tenantID])
        guard isElsewhere == false, try !isAdministrator(db, identity.userID) else {
            throw APIError(
                .forbidden,
                "The token may be somebody else's, and the user has to do with other tenants too; sign in to change this."
            )
        }
    }

    /// Changes a user; a new password ends the user's sessions but the one that is named.
    func update(_ db: Database, _ id: Int64, name: String?, passwordDigest: String?, keeping session: String?) throws {
        if let name { try db.execute(sql: "UPDATE user SET name = ? WHERE id = ?", arguments: [name, id]) }
        guard let passwordDigest else { return }
        try db.execute(sql: "UPDATE user SET password_digest = ? WHERE id = ?", arguments: [passwordDigest, id])
        try db.execute(
            sql: "DELETE FROM user_token WHERE user_id = ? AND sha256 IS NOT ?", arguments: [id, session])
    }

    /// Keeps the digest of a new session's token, and drops sessions that are over.
    func beginSession(_ db: Database, user: Int64, token: String) throws {
        let now = WireTime.now()
        try db.execute(sql: "DELETE FROM user_token WHERE user_id = ? AND expires <= ?", arguments: [user, now])
        try db.execute(
            sql: "INSERT INTO user_token (user_id, sha256, created, expires) VALUES (?, ?, ?, ?)",
            arguments: [
                user, Authenticator.digest(token), now, WireTime.now(adding: Self.tokenLifetime),
            ])
        try db.execute(
            sql: """
                DELETE FROM user_token WHERE user_id = ? AND id NOT IN
                    (SELECT id FROM user_token WHERE user_id = ? ORDER BY id DESC LIMIT ?)
                """,
            arguments: [user, user, Self.maximumTokenCount])
    }

    func endSession(_ db: Database, digest: String) throws {
        try db.execute(sql: "DELETE FROM user_token WHERE sha256 = ?", arguments: [digest])
    }
}
