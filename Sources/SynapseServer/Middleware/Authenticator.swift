import Crypto
import GRDB
import HTTPTypes
import Synchronization

/// Finds out whom a request is from.
///
/// Source: docs/wire-protocol.md, "Credentials".
final class Authenticator: Sendable {
    /// Whose a token is.
    private enum Holder: Sendable {
        /// A token of one tenant.
        case access(Identity)
        /// A token of an agent, which is of one tenant.
        case agent(Identity)
        /// A token of a user, who may be a member of several tenants, in the order in which they were joined.
        case user([Identity])
    }

    private struct Cached {
        let holder: Holder
        let readAt: ContinuousClock.Instant
    }

    private struct State {
        var cached: [String: Cached] = [:]
        /// Grows with every `forget()`: what was read before it must not be remembered after it.
        var generation = 0
    }

    /// How long a token that was revoked by another program is still taken.
    private static let cacheLifetime: Duration = .seconds(5)
    private static let maximumCachedCount = 1024

    private let database: ServerDatabase
    private let state = Mutex(State())
    private let used = Mutex<Set<String>>([])

    init(database: ServerDatabase) {
        self.database = database
    }

    /// - Throws: ``APIError`` with status 401 for a missing or unknown token, 403 for a token of another tenant.
    func identify(_ headers: HTTPFields) async throws -> Identity {
        guard let digest = Self.presentedDigest(headers) ?? Self.agentToken(headers).map(Self.digest) else {
            throw APIError.unauthorized("Authentication credentials were not provided.")
        }
        let agentToken = Self.presentedDigest(headers) == nil ? Self.agentToken(headers) : nil
        guard let holder = try await holder(ofDigest: digest, agentToken: agentToken) else {
            throw APIError.unauthorized("Invalid token.")
        }
        let tenant = Self.credential(headers[.tenant])
        switch holder {
        case .access(let identity), .agent(let identity):
            if let tenant, tenant != identity.tenantCode {
                throw APIError(.forbidden, "The token does not belong to this tenant.")
            }
            return identity
        case .user(let memberships):
            guard let found = memberships.first(where: { tenant == nil || tenant == $0.tenantCode }) else {
                throw APIError(
                    .forbidden,
                    tenant == nil
                        ? "The user is not a member of any tenant." : "The user is not a member of this tenant.")
            }
            return found
        }
    }

    /// Drops what is remembered, so that a token or a membership that was ended by this process ends at once.
    func forget() {
        state.withLock { state in
            state.cached = [:]
            state.generation += 1
        }
    }

    /// Writes down when tokens were last used; a background call, so that reads never wait for the writer.
    func recordUse() async throws {
        let digests = used.withLock { used in
            defer { used = [] }
            return used
        }
        guard !digests.isEmpty else { return }
        try await database.write { db in
            let now = WireTime.now()
            for table in ["access_token", "user_token"] {
                let statement = try db.cachedStatement(sql: "UPDATE \(table) SET last_used = ? WHERE sha256 = ?")
                for digest in digests { try statement.execute(arguments: [now, digest]) }
            }
        }
    }

    static func digest(_ token: String) -> String { Hexadecimal.text(SHA256.hash(data: Array(token.utf8))) }

    /// The digest of the token that a request brings: an access token wins over a user's.
    static func presentedDigest(_ headers: HTTPFields) -> String? {
        (credential(headers[.accessToken]) ?? credential(headers[.authorization])).map(digest)
    }

    /// The token of an agent; beside another token it says only which program speaks.
    private static func agentToken(_ headers: HTTPFields) -> String? { credential(headers[.agent]) }

    private func holder(ofDigest digest: String, agentToken: String?) async throws -> Holder? {
        let now = ContinuousClock.now
        // An agent's token is no user's, whatever header it comes in.
        let key = agentToken == nil ? digest : "agent " + digest
        let (cached, generation) = state.withLock { ($0.cached[key], $0.generation) }
        if let cached, cached.readAt.advanced(by: Self.cacheLifetime) > now { return cached.holder }
        let found = try await database.read { db in
            if let agentToken { return try Self.agent(db, agentToken, digest) }
            return try Self.accessToken(db, digest) ?? Self.userToken(db, digest)
        }
        // The look-up compares digests, which reveal nothing of the token; comparing again in constant time keeps that
        // true whatever the index does.
        guard let found, ConstantTime.areEqual(found.stored, digest) else { return nil }
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.cached.count >= Self.maximumCachedCount { state.cached = [:] }
            state.cached[key] = Cached(holder: found.holder, readAt: now)
        }
        if agentToken == nil { used.withLock { _ = $0.insert(digest) } }
        return found.holder
    }

    /// A token ends with the membership of its user.
    private static func accessToken(_ db: Database, _ digest: String) throws -> (stored: String, holder: Holder)? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT access_token.sha256, tenant.id, tenant.code, access_token.user_id, member.role,
                    (SELECT job_id FROM job_run WHERE tenant_id = access_token.tenant_id AND ended IS NULL
                        AND access_token_id = access_token.id),
                    access_token.is_personal
                FROM access_token
                JOIN tenant ON tenant.id = access_token.tenant_id
                JOIN member ON member.tenant_id = access_token.tenant_id AND member.user_id = access_token.user_id
                WHERE access_token.sha256 = ? AND access_token.revoked IS NULL
                """)
        return try Row.fetchOne(statement, arguments: [digest]).map { row in
            var identity = identity(tenant: row[1], code: row[2], user: row[3], role: row[4], job: row[5])
            identity.isPersonal = row[6]
            return (row[0], .access(identity))
        }
    }

    private static func userToken(_ db: Database, _ digest: String) throws -> (stored: String, holder: Holder)? {
        let statement = try db.cachedStatement(
            sql: "SELECT sha256, user_id FROM user_token WHERE sha256 = ? AND expires > ?")
        guard let row = try Row.fetchOne(statement, arguments: [digest, WireTime.now()]) else { return nil }
        let user: Int64 = row[1]
        let memberships = try Row.fetchAll(
            db,
            sql: """
                SELECT tenant.id, tenant.code, member.role FROM member JOIN tenant ON tenant.id = member.tenant_id
                WHERE member.user_id = ? ORDER BY member.id
                """,
            arguments: [user]
        ).map { row in
            var identity = identity(tenant: row[0], code: row[1], user: user, role: row[2])
            identity.hasSignedIn = true
            identity.isPersonal = true
            return identity
        }
        return (row[0], .user(memberships))
    }

    /// An agent's token is kept as it is, for administrators are shown it.
    private static func agent(
        _ db: Database, _ token: String, _ digest: String
    ) throws -> (stored: String, holder: Holder)? {
        let sql = """
            SELECT tenant.id, tenant.code, agent.id, agent.token FROM agent JOIN tenant ON tenant.id = agent.tenant_id
            WHERE agent.token = ?
            """
        guard let row = try Row.fetchOne(db, sql: sql, arguments: [token]) else { return nil }
        let kept: String = row[3]
        let identity = Identity(tenantID: row[0], tenantCode: row[1], userID: 0, role: .guest, agentID: row[2])
        return (Self.digest(kept), .agent(identity))
    }

    /// A job works as a member, whoever started it.
    private static func identity(
        tenant: Int64, code: String, user: Int64, role: String, job: Int64? = nil
    ) -> Identity {
        let role = Role(rawValue: role) ?? .guest
        return Identity(
            tenantID: tenant, tenantCode: code, userID: user, role: job == nil ? role : min(role, .member), jobID: job)
    }

    /// A credential without the word in front of it.
    private static func credential(_ value: String?) -> String? {
        guard let value = value?.trimmingBlanks(), !value.isEmpty else { return nil }
        for word in ["token ", "bearer "] where value.lowercased().hasPrefix(word) {
            let rest = value.dropFirst(word.count).trimmingBlanks()
            return rest.isEmpty ? nil : rest
        }
        return value
    }
}
