/// The body that makes a user.
///
/// Source: docs/wire-protocol.md, "Accounts".
public struct UserCreate: JSONReadable, JSONWritable {
    /// The address that the user signs in with.
    public var email: String
    /// The password, of at least 8 characters; without one the user cannot sign in by password.
    public var password: String?
    /// The name that people see; the front of the address unless given.
    public var name: String?
    /// What the user may do in the tenant.
    public var role: MemberRole

    /// Makes a body.
    public init(
        email: String,
        password: String? = nil,
        name: String? = nil,
        role: MemberRole = .member
    ) {
        self.email = email
        self.password = password
        self.name = name
        self.role = role
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        email = try row.read("email")
        password = try row.readIfPresent("password")
        name = try row.readIfPresent("name")
        role = try row.readIfPresent("role") ?? .member
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("email", email)
            writer.memberIfPresent("password", password)
            writer.memberIfPresent("name", name)
            writer.member("role", role)
        }
    }
}
