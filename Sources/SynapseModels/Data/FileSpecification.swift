/// One kind of file that the units of a collection have.
///
/// Source: docs/wire-protocol.md, "Data collections".
public struct FileSpecification: WireModel {
    /// The identifier; absent in a specification that is yet to be made.
    public var id: ID?
    /// The name by which a unit's `files` refer to it, at most 50 characters.
    public var name: String
    /// What the file is.
    public var description: String?
    /// The type of data.
    public var fileType: FileType?
    /// Whether every unit must have it.
    public var isRequired: Bool?
    /// Whether it is the file that is annotated.
    public var isPrimary: Bool?
    /// The file name extensions that are taken; none named takes all.
    public var extensions: [String]?
    /// Settings, as the platform leaves them open.
    public var configuration: RawJSON?
    /// Whether the file is one of a sequence.
    public var isSequential: Bool?
    /// Its part in the unit: `main`, `sub`, `meta` or empty.
    public var functionType: String?
    /// Its place in the order of the collection's files.
    public var index: Int?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a file specification in code.
    public init(
        id: ID? = nil,
        name: String,
        description: String? = nil,
        fileType: FileType? = nil,
        isRequired: Bool? = nil,
        isPrimary: Bool? = nil,
        extensions: [String]? = nil,
        configuration: RawJSON? = nil,
        isSequential: Bool? = nil,
        functionType: String? = nil,
        index: Int? = nil
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.fileType = fileType
        self.isRequired = isRequired
        self.isPrimary = isPrimary
        self.extensions = extensions
        self.configuration = configuration
        self.isSequential = isSequential
        self.functionType = functionType
        self.index = index
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.readIfPresent("id")
        name = try row.read("name")
        description = try row.readIfPresent("description")
        fileType = try row.readIfPresent("file_type")
        isRequired = try row.readIfPresent("is_required")
        isPrimary = try row.readIfPresent("is_primary")
        extensions = try row.readIfPresent("extensions")
        configuration = try row.readIfPresent("configuration")
        isSequential = try row.readIfPresent("is_sequential")
        functionType = try row.readIfPresent("function_type")
        index = try row.readIfPresent("index")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.memberIfPresent("id", id)
        writer.member("name", name)
        writer.memberIfPresent("description", description)
        writer.memberIfPresent("file_type", fileType)
        writer.memberIfPresent("is_required", isRequired)
        writer.memberIfPresent("is_primary", isPrimary)
        writer.memberIfPresent("extensions", extensions)
        writer.memberIfPresent("configuration", configuration)
        writer.memberIfPresent("is_sequential", isSequential)
        writer.memberIfPresent("function_type", functionType)
        writer.memberIfPresent("index", index)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "name", "description", "file_type", "is_required", "is_primary", "extensions", "configuration",
        "is_sequential", "function_type", "index",
    ]

    /// The identifier's type.
    public typealias ID = Identifier<FileSpecification>
}
