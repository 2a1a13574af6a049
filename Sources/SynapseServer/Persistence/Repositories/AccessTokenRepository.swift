import GRDB
import HTTPTypes

/// Reads and writes access tokens of one tenant.
struct AccessTokenRepository: Sendable {
    /// The list of the tokens that are not revoked: all of the tenant, or one user's.
    static func definition(user: Int64?) -> ListDefinition {
        let conditions = [Condition(sql: "access_token.revoked IS NULL", isVolatile: true)]
        return ListDefinition(
            table: .accessToken,
            columns: AccessTokenRecord.columns,
            orderings: [
                "created": "access_token.created", "last_used": "access_token.last_used",
                "description": "access_token.description",
            ],
            searched: ["access_token.description"],
            filters: ListDefinition.common(.accessToken)
                + [.integers("user", "access_token.user_id")]
                + ListFilter.timeComparisons("created", "access_token.created"),
            always: .all(
                conditions + (user.map { [Condition(sql: "access_token.user_id = ?", arguments: [$0])] } ?? [])),
            refused: ["last_used", "description", "token"]
        )
    }

    let tenant: Int64

    func existing(_ db: Database, _ id: Int64) throws -> AccessTokenRecord {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT \(AccessTokenRecord.columns) FROM access_token
                WHERE tenant_id = ? AND id = ? AND revoked IS NULL
                """,
            arguments: [tenant, id])
        guard let row else { throw APIError.notFound }
        return AccessTokenRecord(row: row)
    }

    /// Keeps the digest of a new token; one that is personal was made by its user.
    func create(
        _ db: Database, user: Int64, token: String, description: String, isPersonal: Bool
    ) throws -> AccessTokenRecord {
        try db.execute(
            sql: """
                INSERT INTO access_token (tenant_id, user_id, sha256, description, created, is_personal)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [tenant, user, Authenticator.digest(token), description, WireTime.now(), isPersonal])
        return try existing(db, db.lastInsertedRowID)
    }

    /// Whether there is or was such a token.
    func isKnown(_ db: Database, token: String) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT 1 FROM access_token WHERE sha256 = ?", arguments: [Authenticator.digest(token)]) ?? false
    }

    /// The row of a token that is not revoked.
    func find(_ db: Database, token: String) throws -> AccessTokenRecord? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT \(AccessTokenRecord.columns) FROM access_token
                WHERE tenant_id = ? AND sha256 = ? AND revoked IS NULL
                """,
            arguments: [tenant, Authenticator.digest(token)]
        ).map(AccessTokenRecord.init)
    }

    func revoke(_ db: Database, _ id: Int64) throws {
        try db.execute(
            sql: "UPDATE access_token SET revoked = ? WHERE tenant_id = ? AND id = ? AND revoked IS NULL",
            arguments: [WireTime.now(), tenant, id])
    }
}
