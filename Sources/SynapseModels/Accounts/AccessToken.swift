/// An access token: what is known of it without itself.
///
/// A field that the server left out, or sent as `null`, is `nil`; ``row`` tells the two apart.
///
/// Source: docs/wire-protocol.md, "Accounts".
public struct AccessToken: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<AccessToken>

    /// The identifier.
    public var id: ID
    /// The user whose rights it has.
    public var user: Expandable<User>?
    /// What it is for.
    public var description: String?
    /// When a request brought it last, to about a minute.
    public var lastUsed: Timestamp?
    /// When it was made.
    public var created: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes an access token in code.
    public init(
        id: ID,
        user: Expandable<User>? = nil,
        description: String? = nil,
        lastUsed: Timestamp? = nil,
        created: Timestamp? = nil
    ) {
        self.id = id
        self.user = user
        self.description = description
        self.lastUsed = lastUsed
        self.created = created
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        user = try row.readIfPresent("user")
        description = try row.readIfPresent("description")
        lastUsed = try row.readIfPresent("last_used")
        created = try row.readIfPresent("created")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("user", user)
        writer.memberIfPresent("description", description)
        writer.memberIfPresent("last_used", lastUsed)
        writer.memberIfPresent("created", created)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "user", "description", "last_used", "created",
    ]
}
