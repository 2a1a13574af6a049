import GRDB
import SynapseModels

/// A row of `member` with its user's.
struct MemberRecord: Sendable {
    static let columns = """
        member.id, member.user_id, member.role, member.created, \
        (SELECT email FROM user WHERE user.id = member.user_id), \
        (SELECT name FROM user WHERE user.id = member.user_id), \
        (SELECT is_admin FROM user WHERE user.id = member.user_id), \
        (SELECT code FROM tenant WHERE tenant.id = member.tenant_id)
        """

    let id: Int64
    let user: Int64
    let role: Role
    let created: String
    let email: String
    let name: String
    let isAdmin: Bool
    let tenantCode: String

    init(row: Row) {
        id = row[0]
        user = row[1]
        role = Role(rawValue: row[2]) ?? .guest
        created = row[3]
        email = row[4]
        name = row[5]
        isAdmin = row[6]
        tenantCode = row[7]
    }

    /// The membership, as `members/` shows it.
    func write(to writer: inout JSONWriter, _ wanted: FieldSelection) {
        writer.object { writer in
            writer.member("id", wanted, id)
            writer.member("user", wanted, user)
            writer.member("email", wanted, email)
            writer.member("name", wanted, name)
            writer.member("role", wanted, role.rawValue)
            writer.member("tenant", wanted, tenantCode)
            writer.member("created", wanted, created)
        }
    }

    /// The user, as `users/` shows it.
    func writeUser(to writer: inout JSONWriter, _ wanted: FieldSelection) {
        writer.object { writer in
            writer.member("id", wanted, user)
            writer.member("email", wanted, email)
            writer.member("name", wanted, name)
            writer.member("is_synapse_admin", wanted, isAdmin)
            writer.member("role", wanted, role.rawValue)
            writer.member("tenant", wanted, tenantCode)
            writer.member("created", wanted, created)
        }
    }
}
