/// A user: a person who can sign in.
///
/// A field that the server left out, or sent as `null`, is `nil`; ``row`` tells the two apart.
///
/// Source: docs/wire-protocol.md, "Accounts".
public struct User: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<User>

    /// The identifier.
    public var id: ID
    /// The address that the user signs in with, in lower case.
    public var email: String?
    /// The name that people see.
    public var name: String?
    /// Whether the user administers the whole backend.
    public var isSynapseAdmin: Bool?
    /// What the user may do in the tenant of the request.
    public var role: MemberRole?
    /// The code of the tenant of the request.
    public var tenant: String?
    /// When the user became a member of the tenant.
    public var created: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a user in code.
    public init(
        id: ID,
        email: String? = nil,
        name: String? = nil,
        isSynapseAdmin: Bool? = nil,
        role: MemberRole? = nil,
        tenant: String? = nil,
        created: Timestamp? = nil
    ) {
        self.id = id
        self.email = email
        self.name = name
        self.isSynapseAdmin = isSynapseAdmin
        self.role = role
        self.tenant = tenant
        self.created = created
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        email = try row.readIfPresent("email")
        name = try row.readIfPresent("name")
        isSynapseAdmin = try row.readIfPresent("is_synapse_admin")
        role = try row.readIfPresent("role")
        tenant = try row.readIfPresent("tenant")
        created = try row.readIfPresent("created")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("email", email)
        writer.memberIfPresent("name", name)
        writer.memberIfPresent("is_synapse_admin", isSynapseAdmin)
        writer.memberIfPresent("role", role)
        writer.memberIfPresent("tenant", tenant)
        writer.memberIfPresent("created", created)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "email", "name", "is_synapse_admin", "role", "tenant", "created",
    ]
}
