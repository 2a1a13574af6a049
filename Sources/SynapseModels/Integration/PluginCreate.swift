/// The body that makes a plugin.
///
/// Source: docs/wire-protocol.md, "Plugins".
public struct PluginCreate: JSONReadable, JSONWritable {
    /// The name that programs use: letters, digits, `-`, `_` and `.`, not digits alone.
    public var code: String
    /// The name that people see, at most 200 characters.
    public var name: String
    /// What it is for.
    public var category: PluginCategory?
    /// What it does.
    public var description: String?
    /// Whether it can be run; yes unless said.
    public var isActive: Bool?
    /// Whether other tenants may see it; no unless said.
    public var isPublic: Bool?
    /// Whether only the platform itself runs it; no unless said.
    public var systemOnly: Bool?
    /// More about it, as the platform leaves it open.
    public var detail: JSONValue?

    /// Makes a body.
    public init(
        code: String, name: String, category: PluginCategory? = nil, description: String? = nil, isActive: Bool? = nil,
        isPublic: Bool? = nil, systemOnly: Bool? = nil, detail: JSONValue? = nil
    ) {
        self.code = code
        self.name = name
        self.category = category
        self.description = description
        self.isActive = isActive
        self.isPublic = isPublic
        self.systemOnly = systemOnly
        self.detail = detail
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        code = try row.read("code")
        name = try row.read("name")
        category = try row.readIfPresent("category")
        description = try row.readIfPresent("description")
        isActive = try row.readIfPresent("is_active")
        isPublic = try row.readIfPresent("is_public")
        systemOnly = try row.readIfPresent("system_only")
        detail = try row.readIfPresent("detail")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("code", code)
            writer.member("name", name)
            writer.memberIfPresent("category", category)
            writer.memberIfPresent("description", description)
            writer.memberIfPresent("is_active", isActive)
            writer.memberIfPresent("is_public", isPublic)
            writer.memberIfPresent("system_only", systemOnly)
            writer.memberIfPresent("detail", detail)
        }
    }
}
