/// The body that makes a ground-truth dataset.
///
/// Source: docs/wire-protocol.md, "Ground truth".
public struct GroundTruthDatasetCreate: JSONReadable, JSONWritable {
    /// The project.
    public var project: Project.ID
    /// The name that people see, at most 200 characters.
    public var name: String
    /// What it is for.
    public var description: String?

    /// Makes a body.
    public init(
        project: Project.ID,
        name: String,
        description: String? = nil
    ) {
        self.project = project
        self.name = name
        self.description = description
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        project = try row.read("project")
        name = try row.read("name")
        description = try row.readIfPresent("description")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("project", project)
            writer.member("name", name)
            writer.memberIfPresent("description", description)
        }
    }
}
