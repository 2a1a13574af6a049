/// What a member of a tenant may do.
public struct MemberRole: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Everything, and making other owners.
    public static let owner = Self(rawValue: "owner")
    /// Everything that members do, and making users and tokens.
    public static let admin = Self(rawValue: "admin")
    /// The work.
    public static let member = Self(rawValue: "member")
    /// Somebody from outside.
    public static let guest = Self(rawValue: "guest")
    /// The words that are known.
    public static let known: [Self] = [owner, admin, member, guest]
}
