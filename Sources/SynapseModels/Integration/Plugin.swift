/// A plugin: code that exports, uploads, trains or annotates, in releases.
///
/// Source: docs/wire-protocol.md, "Plugins".
public struct Plugin: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<Plugin>

    /// The identifier.
    public var id: ID
    /// The name that programs use, unique in its tenant.
    public var code: String?
    /// The name that people see, at most 200 characters.
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
    /// More about it, as the platform leaves it open.
    public var detail: RawJSON?
    /// The configuration of its newest release, unless it was given one of its own.
    public var manifest: RawJSON?
    /// When it was made.
    public var created: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a plugin in code.
    public init(
        id: ID,
        code: String? = nil,
        name: String? = nil,
        category: PluginCategory? = nil,
        description: String? = nil,
        isActive: Bool? = nil,
        isPublic: Bool? = nil,
        systemOnly: Bool? = nil,
        detail: RawJSON? = nil,
        manifest: RawJSON? = nil,
        created: Timestamp? = nil
    ) {
        self.id = id
        self.code = code
        self.name = name
        self.category = category
        self.description = description
        self.isActive = isActive
        self.isPublic = isPublic
        self.systemOnly = systemOnly
        self.detail = detail
        self.manifest = manifest
        self.created = created
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        code = try row.readIfPresent("code")
        name = try row.readIfPresent("name")
        category = try row.readIfPresent("category")
        description = try row.readIfPresent("description")
        isActive = try row.readIfPresent("is_active")
        isPublic = try row.readIfPresent("is_public")
        systemOnly = try row.readIfPresent("system_only")
        detail = try row.readIfPresent("detail")
        manifest = try row.readIfPresent("manifest")
        created = try row.readIfPresent("created")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("code", code)
        writer.memberIfPresent("name", name)
        writer.memberIfPresent("category", category)
        writer.memberIfPresent("description", description)
        writer.memberIfPresent("is_active", isActive)
        writer.memberIfPresent("is_public", isPublic)
        writer.memberIfPresent("system_only", systemOnly)
        writer.memberIfPresent("detail", detail)
        writer.memberIfPresent("manifest", manifest)
        writer.memberIfPresent("created", created)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "code", "name", "category", "description", "is_active", "is_public", "system_only", "detail",
        "manifest", "created",
    ]
}
