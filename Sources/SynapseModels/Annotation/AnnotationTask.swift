/// A task: one data unit to be annotated in one project.
///
/// Called so because a public type named `Task` would hide Swift's own in every program that imports the library.
/// A field that the server left out, or sent as `null`, is `nil`; ``row`` tells the two apart.
///
/// Source: docs/wire-protocol.md, "Tasks".
public struct AnnotationTask: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<AnnotationTask>

    /// The identifier.
    public var id: ID
    /// The project.
    public var project: Expandable<Project>?
    /// The data unit.
    public var dataUnit: Expandable<DataUnit>?
    /// The annotation data, as the platform leaves it open; `nil` before the first annotation.
    public var data: RawJSON?
    /// The schema that the data follows.
    public var schema: AnnotationSchema?
    /// Free notes of programs.
    public var meta: RawJSON?
    /// The tags.
    public var tags: [Expandable<TaskTag>]?
    /// The unit's files, where the list carries them; see ``DataUnit/files``.
    public var files: RawJSON?
    /// What is known of the unit's files without their addresses.
    public var filesManifest: RawJSON?
    /// Whether it was taken out of the work.
    public var isDiscarded: Bool?
    /// Whether it was annotated.
    public var hasData: Bool?
    /// Whether the data was handed in rather than saved as a draft.
    public var isSubmitted: Bool?
    /// When it was made.
    public var created: Timestamp?
    /// When it changed last.
    public var modified: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes an annotation task in code.
    public init(
        id: ID,
        project: Expandable<Project>? = nil,
        dataUnit: Expandable<DataUnit>? = nil,
        data: RawJSON? = nil,
        schema: AnnotationSchema? = nil,
        meta: RawJSON? = nil,
        tags: [Expandable<TaskTag>]? = nil,
        files: RawJSON? = nil,
        filesManifest: RawJSON? = nil,
        isDiscarded: Bool? = nil,
        hasData: Bool? = nil,
        isSubmitted: Bool? = nil,
        created: Timestamp? = nil,
        modified: Timestamp? = nil
    ) {
        self.id = id
        self.project = project
        self.dataUnit = dataUnit
        self.data = data
        self.schema = schema
        self.meta = meta
        self.tags = tags
        self.files = files
        self.filesManifest = filesManifest
        self.isDiscarded = isDiscarded
        self.hasData = hasData
        self.isSubmitted = isSubmitted
        self.created = created
        self.modified = modified
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        project = try row.readIfPresent("project")
        dataUnit = try row.readIfPresent("data_unit")
        data = try row.readIfPresent("data")
        schema = try row.readIfPresent("schema")
        meta = try row.readIfPresent("meta")
        tags = try row.readIfPresent("tags")
        files = try row.readIfPresent("files")
        filesManifest = try row.readIfPresent("files_manifest")
        isDiscarded = try row.readIfPresent("is_discarded")
        hasData = try row.readIfPresent("has_data")
        isSubmitted = try row.readIfPresent("is_submitted")
        created = try row.readIfPresent("created")
        modified = try row.readIfPresent("modified")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("project", project)
        writer.memberIfPresent("data_unit", dataUnit)
        writer.memberIfPresent("data", data)
        writer.memberIfPresent("schema", schema)
        writer.memberIfPresent("meta", meta)
        writer.memberIfPresent("tags", tags)
        writer.memberIfPresent("files", files)
        writer.memberIfPresent("files_manifest", filesManifest)
        writer.memberIfPresent("is_discarded", isDiscarded)
        writer.memberIfPresent("has_data", hasData)
        writer.memberIfPresent("is_submitted", isSubmitted)
        writer.memberIfPresent("created", created)
        writer.memberIfPresent("modified", modified)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "project", "data_unit", "data", "schema", "meta", "tags", "files", "files_manifest",
        "is_discarded", "has_data", "is_submitted", "created", "modified",
    ]
}
