/// A data collection: units of data that have the same files.
///
/// A field that the server left out, or sent as `null`, is `nil`; ``row`` tells the two apart.
///
/// Source: docs/wire-protocol.md, "Data collections".
public struct DataCollection: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<DataCollection>

    /// The identifier.
    public var id: ID
    /// The name, at most 100 characters.
    public var name: String?
    /// What it holds.
    public var description: String?
    /// What kind of data it holds.
    public var category: CollectionCategory?
    /// Free notes of programs.
    public var meta: RawJSON?
    /// A warning about the content: `sensitive_content` or empty.
    public var caution: String?
    /// Who may see it.
    public var accessLevel: AccessLevel?
    /// Whether it is closed.
    public var isArchived: Bool?
    /// When it was made.
    public var created: Timestamp?
    /// How many projects use it.
    public var countProjects: Int?
    /// The files of each unit; there when the request asked to expand them.
    public var fileSpecifications: [FileSpecification]?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a data collection in code.
    public init(
        id: ID,
        name: String? = nil,
        description: String? = nil,
        category: CollectionCategory? = nil,
        meta: RawJSON? = nil,
        caution: String? = nil,
        accessLevel: AccessLevel? = nil,
        isArchived: Bool? = nil,
        created: Timestamp? = nil,
        countProjects: Int? = nil,
        fileSpecifications: [FileSpecification]? = nil
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.category = category
        self.meta = meta
        self.caution = caution
        self.accessLevel = accessLevel
        self.isArchived = isArchived
        self.created = created
        self.countProjects = countProjects
        self.fileSpecifications = fileSpecifications
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        name = try row.readIfPresent("name")
        description = try row.readIfPresent("description")
        category = try row.readIfPresent("category")
        meta = try row.readIfPresent("meta")
        caution = try row.readIfPresent("caution")
        accessLevel = try row.readIfPresent("access_level")
        isArchived = try row.readIfPresent("is_archived")
        created = try row.readIfPresent("created")
        countProjects = try row.readIfPresent("count_projects")
        fileSpecifications = try row.readIfPresent("file_specifications")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("name", name)
        writer.memberIfPresent("description", description)
        writer.memberIfPresent("category", category)
        writer.memberIfPresent("meta", meta)
        writer.memberIfPresent("caution", caution)
        writer.memberIfPresent("access_level", accessLevel)
        writer.memberIfPresent("is_archived", isArchived)
        writer.memberIfPresent("created", created)
        writer.memberIfPresent("count_projects", countProjects)
        writer.memberIfPresent("file_specifications", fileSpecifications)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "name", "description", "category", "meta", "caution", "access_level", "is_archived", "created",
        "count_projects", "file_specifications",
    ]
}
