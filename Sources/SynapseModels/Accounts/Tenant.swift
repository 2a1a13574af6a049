/// A tenant: a world of its own on one backend.
///
/// A field that the server left out, or sent as `null`, is `nil`; ``row`` tells the two apart.
///
/// Source: docs/wire-protocol.md, "Accounts".
public struct Tenant: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<Tenant>

    /// The identifier.
    public var id: ID
    /// What clients name the tenant by.
    public var code: String?
    /// The code as it stands in addresses.
    public var slug: String?
    /// The name that people see.
    public var name: String?
    /// What the caller may do in it.
    public var role: MemberRole?
    /// Whether it can be used.
    public var isActive: Bool?
    /// When it was made.
    public var created: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a tenant in code.
    public init(
        id: ID,
        code: String? = nil,
        slug: String? = nil,
        name: String? = nil,
        role: MemberRole? = nil,
        isActive: Bool? = nil,
        created: Timestamp? = nil
    ) {
        self.id = id
        self.code = code
        self.slug = slug
        self.name = name
        self.role = role
        self.isActive = isActive
        self.created = created
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        code = try row.readIfPresent("code")
        slug = try row.readIfPresent("slug")
        name = try row.readIfPresent("name")
        role = try row.readIfPresent("role")
        isActive = try row.readIfPresent("is_active")
        created = try row.readIfPresent("created")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("code", code)
        writer.memberIfPresent("slug", slug)
        writer.memberIfPresent("name", name)
        writer.memberIfPresent("role", role)
        writer.memberIfPresent("is_active", isActive)
        writer.memberIfPresent("created", created)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "code", "slug", "name", "role", "is_active", "created",
    ]
}
