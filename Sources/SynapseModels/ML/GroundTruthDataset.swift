/// A ground-truth dataset: what is held to be right for a project's data.
///
/// A field that the server left out, or sent as `null`, is `nil`; ``row`` tells the two apart.
///
/// Source: docs/wire-protocol.md, "Ground truth".
public struct GroundTruthDataset: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<GroundTruthDataset>

    /// The identifier.
    public var id: ID
    /// The name that people see, at most 200 characters.
    public var name: String?
    /// What it is for.
    public var description: String?
    /// The project.
    public var project: Expandable<Project>?
    /// When it was made.
    public var created: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a ground-truth dataset in code.
    public init(
        id: ID,
        name: String? = nil,
        description: String? = nil,
        project: Expandable<Project>? = nil,
        created: Timestamp? = nil
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.project = project
        self.created = created
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        name = try row.readIfPresent("name")
        description = try row.readIfPresent("description")
        project = try row.readIfPresent("project")
        created = try row.readIfPresent("created")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("name", name)
        writer.memberIfPresent("description", description)
        writer.memberIfPresent("project", project)
        writer.memberIfPresent("created", created)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "name", "description", "project", "created",
    ]
}
