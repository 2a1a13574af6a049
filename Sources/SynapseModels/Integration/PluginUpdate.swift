/// The body that changes a plugin; what is `nil` stays as it is.
///
/// Source: docs/wire-protocol.md, "Plugins".
public struct PluginUpdate: JSONReadable, JSONWritable {
    /// The name that programs use.
    public var code: String?
    /// The name that people see.
    public var name: String?
    /// What it is for.
    public var category: PluginCategory?
    /// What it does.
    public var description: String?
    /// Whether it can be run.
    public var isActive: Bool?
    /// Whether other tenants may see it.
    public var isPublic: Bool?
    /// Whether only the platform itself runs it.
    public var systemOnly: Bool?
    /// More about it; it can be emptied.
    public var detail: FieldUpdate<JSONValue>

    /// Makes a body.
    public init(
        code: String? = nil, name: String? = nil, category: PluginCategory? = nil, description: String? = nil,
        isActive: Bool? = nil, isPublic: Bool? = nil, systemOnly: Bool? = nil, detail: FieldUpdate<JSONValue> = .keep
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
        code = try row.readIfPresent("code")
        name = try row.readIfPresent("name")
        category = try row.readIfPresent("category")
        description = try row.readIfPresent("description")
        isActive = try row.readIfPresent("is_active")
        isPublic = try row.readIfPresent("is_public")
        systemOnly = try row.readIfPresent("system_only")
        detail = try FieldUpdate("detail", in: row)
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.memberIfPresent("code", code)
            writer.memberIfPresent("name", name)
            writer.memberIfPresent("category", category)
            writer.memberIfPresent("description", description)
            writer.memberIfPresent("is_active", isActive)
            writer.memberIfPresent("is_public", isPublic)
            writer.memberIfPresent("system_only", systemOnly)
            writer.member("detail", detail)
        }
    }
}
