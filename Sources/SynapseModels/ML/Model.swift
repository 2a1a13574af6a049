/// A model: a trained network with its file.
///
/// A field that the server left out, or sent as `null`, is `nil`; ``row`` tells the two apart.
///
/// Source: docs/wire-protocol.md, "Models".
public struct Model: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<Model>

    /// The identifier.
    public var id: ID
    /// The name that people see, at most 200 characters.
    public var name: String?
    /// What it is.
    public var description: String?
    /// What kind of model it is; `base` unless something else is known.
    public var category: String?
    /// Where the file can be read without credentials, for a while.
    public var file: String?
    /// The name under which the file was sent.
    public var fileNameOriginal: String?
    /// Bytes of the file.
    public var size: Int?
    /// The MD5 of the file in hexadecimal digits.
    public var checksum: String?
    /// The parameters that it was trained with, as the platform leaves them open.
    public var configuration: RawJSON?
    /// What was measured in training; sent where the request asks to expand it.
    public var metrics: RawJSON?
    /// The plugin that it runs in: an identifier, or an object where it was expanded.
    public var plugin: RawJSON?
    /// The version of the plugin that it runs in.
    public var version: String?
    /// The model from which training went on.
    public var checkpoint: Identifier<Model>?
    /// The project.
    public var project: Expandable<Project>?
    /// Whether it is in use.
    public var isReleased: Bool?
    /// Whether it was made somewhere else.
    public var isExternal: Bool?
    /// When it was made.
    public var created: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a model in code.
    public init(
        id: ID,
        name: String? = nil,
        description: String? = nil,
        category: String? = nil,
        file: String? = nil,
        fileNameOriginal: String? = nil,
        size: Int? = nil,
        checksum: String? = nil,
        configuration: RawJSON? = nil,
        metrics: RawJSON? = nil,
        plugin: RawJSON? = nil,
        version: String? = nil,
        checkpoint: Identifier<Model>? = nil,
        project: Expandable<Project>? = nil,
        isReleased: Bool? = nil,
        isExternal: Bool? = nil,
        created: Timestamp? = nil
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.category = category
        self.file = file
        self.fileNameOriginal = fileNameOriginal
        self.size = size
        self.checksum = checksum
        self.configuration = configuration
        self.metrics = metrics
        self.plugin = plugin
        self.version = version
        self.checkpoint = checkpoint
        self.project = project
        self.isReleased = isReleased
        self.isExternal = isExternal
        self.created = created
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        name = try row.readIfPresent("name")
        description = try row.readIfPresent("description")
        category = try row.readIfPresent("category")
        file = try row.readIfPresent("file")
        fileNameOriginal = try row.readIfPresent("file_name_original")
        size = try row.readIfPresent("size")
        checksum = try row.readIfPresent("checksum")
        configuration = try row.readIfPresent("configuration")
        metrics = try row.readIfPresent("metrics")
        plugin = try row.readIfPresent("plugin")
        version = try row.readIfPresent("version")
        checkpoint = try row.readIfPresent("checkpoint")
        project = try row.readIfPresent("project")
        isReleased = try row.readIfPresent("is_released")
        isExternal = try row.readIfPresent("is_external")
        created = try row.readIfPresent("created")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("name", name)
        writer.memberIfPresent("description", description)
        writer.memberIfPresent("category", category)
        writer.memberIfPresent("file", file)
        writer.memberIfPresent("file_name_original", fileNameOriginal)
        writer.memberIfPresent("size", size)
        writer.memberIfPresent("checksum", checksum)
        writer.memberIfPresent("configuration", configuration)
        writer.memberIfPresent("metrics", metrics)
        writer.memberIfPresent("plugin", plugin)
        writer.memberIfPresent("version", version)
        writer.memberIfPresent("checkpoint", checkpoint)
        writer.memberIfPresent("project", project)
        writer.memberIfPresent("is_released", isReleased)
        writer.memberIfPresent("is_external", isExternal)
        writer.memberIfPresent("created", created)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "name", "description", "category", "file", "file_name_original", "size", "checksum", "configuration",
        "metrics", "plugin", "version", "checkpoint", "project", "is_released", "is_external", "created",
    ]
}
