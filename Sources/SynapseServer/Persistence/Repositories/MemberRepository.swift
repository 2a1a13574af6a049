import GRDB
import HTTPTypes

/// Reads and writes the members of one tenant, and the users that they are.
///
/// A user may be a member of several tenants; only members of the tenant are seen here.
struct MemberRepository: Sendable {
    /// The list of memberships.
    static let definition = ListDefinition(
        table: .member,
        columns: MemberRecord.columns,
        orderings: ["created": "member.created", "role": "member.role"],
        searched: searched,
        filters: ListDefinition.common(.member)
            + [role, .integers("user", "member.user_id")] + ListFilter.timeComparisons("created", "member.created"),
        always: isThere,
        refused: ["email", "name", "tenant"]
    )

    /// The list of users: identifiers are the users' own.
    static let users = ListDefinition(
        table: .member,
        columns: MemberRecord.columns,
        orderings: ["created": "member.created"],
        searched: searched,
        filters: [
            .integers("ids", "member.user_id"), .excludedIntegers("ids_ex", "member.user_id"),
            .integers("id", "member.user_id"), .integers("id__in", "member.user_id"), role,
        ] + ListFilter.timeComparisons("created", "member.created"),
        always: isThere,
        refused: ["email", "name", "is_synapse_admin"]
    )

    private static let role = ListFilter.words("role", "member.role", isVolatile: true)
    private static let searched = [
        "(SELECT email FROM user WHERE user.id = member.user_id)",
        "(SELECT name FROM user WHERE user.id = member.user_id)",
    ]
    /// Members leave, so what is remembered of their list ends with the next change.
    private static let isThere = Condition(sql: "1", isVolatile: true)

    let tenant: Int64

    func existing(_ db: Database, _ id: Int64) throws -> MemberRecord {
        guard let record = try find(db, "member.id = ?", id) else { throw APIError.notFound }
        return record
    }

    func find(_ db: Database, user: Int64) throws -> MemberRecord? { try find(db, "member.user_id = ?", user) }

    func existing(_ db: Database, user: Int64) throws -> MemberRecord {
        guard let record = try find(db, user: user) else { throw APIError.notFound }
        return record
    }

    private func find(_ db: Database, _ condition: String, _ id: Int64) throws -> MemberRecord? {
        try Row.fetchOne(
            db, sql: "SELECT \(MemberRecord.columns) FROM member WHERE member.tenant_id = ? AND \(condition)",
            arguments: [tenant, id]
        ).map(MemberRecord.init)
    }

    /// Makes a user who is a member of the tenant.
    ///
    /// - Throws: ``APIError`` when somebody has the address already.
    func createUser(_ db: Database, email: String, name: String, passwordDigest: String?, role: Role) throws
        -> MemberRecord
    {
        if try UserRepository().find(db, email: email) != nil {
            throw APIError.field("email", "A user with this email address exists; add the user with members/.")
        }
        try db.execute(
            sql: "INSERT INTO user (email, name, password_digest) VALUES (?, ?, ?)",
            arguments: [email, name, passwordDigest])
        return try add(db, user: db.lastInsertedRowID, role: role)
    }

    /// Makes a user a member; one who is a member in the same role already is answered again.
    ///
    /// - Throws: ``APIError`` when the user is a member in another role.
    func add(_ db: Database, user: Int64, role: Role) throws -> MemberRecord {
        if let record = try find(db, user: user) {
            if record.role == role { return record }
            throw APIError.field("user", "The user is a member already, as \(record.role.rawValue).")
        }
        try db.execute(
            sql: "INSERT INTO member (tenant_id, user_id, role, created) VALUES (?, ?, ?, ?)",
            arguments: [tenant, user, role.rawValue, WireTime.now()])
        return try existing(db, db.lastInsertedRowID)
    }

    func setRole(_ db: Database, _ record: MemberRecord, _ role: Role) throws -> MemberRecord {
        if role != .owner { try keepAnOwner(db, without: record) }
        try db.execute(
            sql: "UPDATE member SET role = ? WHERE id = ? AND tenant_id = ?",
            arguments: [role.rawValue, record.id, tenant])
        return try existing(db, record.id)
    }

    /// Ends a membership; the access tokens of the member end with it.
    ///
    /// - Throws: ``APIError`` with status 409 when assignments name the member.
    func remove(_ db: Database, _ record: MemberRecord) throws {
        try keepAnOwner(db, without: record)
        let isNamed = try Bool.fetchOne(
            db,
            sql: "SELECT EXISTS (SELECT 1 FROM assignment WHERE tenant_id = ? AND (user_id = ? OR reviewer_id = ?))",
            arguments: [tenant, record.user, record.user])
        if isNamed == true {
            throw APIError(.conflict, "The member has assignments; make the member a guest instead.")
        }
        try db.execute(
            sql: "UPDATE access_token SET revoked = ? WHERE tenant_id = ? AND user_id = ? AND revoked IS NULL",
            arguments: [WireTime.now(), tenant, record.user])
        try db.execute(sql: "DELETE FROM member WHERE id = ? AND tenant_id = ?", arguments: [record.id, tenant])
    }

    /// A tenant without an owner could never have one again; and the first one's own token is the administrator's.
    private func keepAnOwner(_ db: Database, without record: MemberRecord) throws {
        guard record.role == .owner else { return }
        let others = try Int.fetchOne(
            db, sql: "SELECT COUNT(*) FROM member WHERE tenant_id = ? AND role = 'owner' AND id <> ?",
            arguments: [tenant, record.id])
        if others == 0 { throw APIError.field("role", "The tenant would be left without an owner.") }
        if record.isAdmin, try TenantRepository().id(db, code: TenantRepository.defaultCode) == tenant {
            throw APIError(.conflict, "The administrator of the backend stays an owner of the first tenant.")
        }
    }
}
