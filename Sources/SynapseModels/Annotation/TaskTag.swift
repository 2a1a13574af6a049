/// A tag that is put on tasks of one project.
///
/// Source: docs/wire-protocol.md, "Tasks".
public struct TaskTag: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<TaskTag>

    /// The identifier.
    public var id: ID
    /// The project.
    public var project: Expandable<Project>?
    /// The name, at most 100 characters, unique in its project.
    public var name: String?
    /// What the tag is for.
    public var category: TagCategory?
    /// What it means.
    public var description: String?
    /// Free notes of programs.
    public var meta: RawJSON?
    /// When it was made.
    public var created: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a task tag in code.
    public init(
        id: ID,
        project: Expandable<Project>? = nil,
        name: String? = nil,
        category: TagCategory? = nil,
        description: String? = nil,
        meta: RawJSON? = nil,
        created: Timestamp? = nil
    ) {
        self.id = id
        self.project = project
        self.name = name
        self.category = category
        self.description = description
        self.meta = meta
        self.created = created
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        project = try row.readIfPresent("project")
        name = try row.readIfPresent("name")
        category = try row.readIfPresent("category")
        description = try row.readIfPresent("description")
        meta = try row.readIfPresent("meta")
        created = try row.readIfPresent("created")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("project", project)
        writer.memberIfPresent("name", name)
        writer.memberIfPresent("category", category)
        writer.memberIfPresent("description", description)
        writer.memberIfPresent("meta", meta)
        writer.memberIfPresent("created", created)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "project", "name", "category", "description", "meta", "created",
    ]
}
