/// The body that makes a data collection.
///
/// Source: docs/wire-protocol.md, "Data collections".
public struct DataCollectionCreate: JSONReadable, JSONWritable {
    /// The name, at most 100 characters.
    public var name: String
    /// What kind of data it holds.
    public var category: CollectionCategory
    /// The files of each unit.
    public var fileSpecifications: [FileSpecification]
    /// What it holds.
    public var description: String?
    /// Free notes of programs.
    public var meta: JSONValue?
    /// Who may see it.
    public var accessLevel: AccessLevel?

    /// Makes a body.
    public init(
        name: String, category: CollectionCategory, fileSpecifications: [FileSpecification],
        description: String? = nil, meta: JSONValue? = nil, accessLevel: AccessLevel? = nil
    ) {
        self.name = name
        self.category = category
        self.fileSpecifications = fileSpecifications
        self.description = description
        self.meta = meta
        self.accessLevel = accessLevel
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        name = try row.read("name")
        category = try row.read("category")
        fileSpecifications = try row.readIfPresent("file_specifications") ?? []
        description = try row.readIfPresent("description")
        meta = try row.readIfPresent("meta")
        accessLevel = try row.readIfPresent("access_level")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", name)
            writer.member("category", category)
            writer.member("file_specifications", fileSpecifications)
            writer.memberIfPresent("description", description)
            writer.memberIfPresent("meta", meta)
            writer.memberIfPresent("access_level", accessLevel)
        }
    }
}
