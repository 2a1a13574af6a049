/// The body that makes a project.
///
/// Source: docs/wire-protocol.md, "Projects".
public struct ProjectCreate: JSONReadable, JSONWritable {
    /// The name that people see, at most 200 characters.
    public var title: String
    /// What kind of data is annotated.
    public var category: ProjectCategory
    /// The collection whose units become tasks.
    public var dataCollection: DataCollection.ID?
    /// The classes and tools of annotation, as the platform leaves them open.
    public var configuration: JSONValue
    /// What the project is for.
    public var description: String?
    /// Who may see it.
    public var accessLevel: AccessLevel?

    /// Makes a body.
    public init(
        title: String, category: ProjectCategory, dataCollection: DataCollection.ID? = nil,
        configuration: JSONValue = [:], description: String? = nil, accessLevel: AccessLevel? = nil
    ) {
        self.title = title
        self.category = category
        self.dataCollection = dataCollection
        self.configuration = configuration
        self.description = description
        self.accessLevel = accessLevel
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        title = try row.read("title")
        category = try row.read("category")
        dataCollection = try row.readIfPresent("data_collection")
        configuration = try row.readIfPresent("configuration") ?? [:]
        description = try row.readIfPresent("description")
        accessLevel = try row.readIfPresent("access_level")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("title", title)
            writer.member("category", category)
            writer.memberIfPresent("data_collection", dataCollection)
            writer.member("configuration", configuration)
            writer.memberIfPresent("description", description)
            writer.memberIfPresent("access_level", accessLevel)
        }
    }
}
