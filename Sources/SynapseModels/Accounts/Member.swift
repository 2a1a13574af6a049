/// A member: a user in one tenant.
///
/// A field that the server left out, or sent as `null`, is `nil`; ``row`` tells the two apart.
///
/// Source: docs/wire-protocol.md, "Accounts".
public struct Member: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<Member>

    /// The identifier.
    public var id: ID
    /// The user.
    public var user: Expandable<User>?
    /// The address that the user signs in with.
    public var email: String?
    /// The name that people see.
    public var name: String?
    /// What the member may do.
    public var role: MemberRole?
    /// The code of the tenant.
    public var tenant: String?
    /// When the user became a member.
    public var created: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a member in code.
    public init(
        id: ID,
        user: Expandable<User>? = nil,
        email: String? = nil,
        name: String? = nil,
        role: MemberRole? = nil,
        tenant: String? = nil,
        created: Timestamp? = nil
    ) {
        self.id = id
        self.user = user
        self.email = email
        self.name = name
        self.role = role
        self.tenant = tenant
        self.created = created
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        user = try row.readIfPresent("user")
        email = try row.readIfPresent("email")
        name = try row.readIfPresent("name")
        role = try row.readIfPresent("role")
        tenant = try row.readIfPresent("tenant")
        created = try row.readIfPresent("created")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("user", user)
        writer.memberIfPresent("email", email)
        writer.memberIfPresent("name", name)
        writer.memberIfPresent("role", role)
        writer.memberIfPresent("tenant", tenant)
        writer.memberIfPresent("created", created)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "user", "email", "name", "role", "tenant", "created",
    ]
}
