/// The body that makes a task tag.
///
/// Source: docs/wire-protocol.md, "Tasks".
public struct TaskTagCreate: JSONReadable, JSONWritable {
    /// The project.
    public var project: Project.ID
    /// The name, at most 100 characters, unique in its project.
    public var name: String
    /// What the tag is for.
    public var category: TagCategory
    /// What it means.
    public var description: String?
    /// Free notes of programs.
    public var meta: JSONValue?

    /// Makes a body.
    public init(
        project: Project.ID, name: String, category: TagCategory = .project, description: String? = nil,
        meta: JSONValue? = nil
    ) {
        self.project = project
        self.name = name
        self.category = category
        self.description = description
        self.meta = meta
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        project = try row.read("project")
        name = try row.read("name")
        category = try row.readIfPresent("category") ?? .project
        description = try row.readIfPresent("description")
        meta = try row.readIfPresent("meta")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("project", project)
            writer.member("name", name)
            writer.member("category", category)
            writer.memberIfPresent("description", description)
            writer.memberIfPresent("meta", meta)
        }
    }
}
