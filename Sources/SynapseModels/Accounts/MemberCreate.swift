/// The body that makes a user who is there a member of the tenant.
///
/// Source: docs/wire-protocol.md, "Accounts".
public struct MemberCreate: JSONReadable, JSONWritable {
    /// The address that the user signs in with.
    public var email: String
    /// What the member may do.
    public var role: MemberRole

    /// Makes a body.
    public init(
        email: String,
        role: MemberRole = .member
    ) {
        self.email = email
        self.role = role
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        email = try row.read("email")
        role = try row.readIfPresent("role") ?? .member
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("email", email)
            writer.member("role", role)
        }
    }
}
