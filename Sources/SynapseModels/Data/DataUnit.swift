/// A data unit: the files that belong together and are annotated as one.
///
/// A field that the server left out, or sent as `null`, is `nil`; ``row`` tells the two apart.
///
/// Source: docs/wire-protocol.md, "Data units".
public struct DataUnit: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<DataUnit>

    /// The identifier.
    public var id: ID
    /// The collection.
    public var dataCollection: Expandable<DataCollection>?
    /// The files by specification.
    public var files: DataUnitFiles?
    /// Free notes of programs.
    public var meta: RawJSON?
    /// The group, as an identifier or an object.
    public var group: RawJSON?
    /// A digest over the unit's files: equal for equal files.
    public var checksum: String?
    /// When it was made.
    public var created: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a data unit in code.
    public init(
        id: ID,
        dataCollection: Expandable<DataCollection>? = nil,
        files: DataUnitFiles? = nil,
        meta: RawJSON? = nil,
        group: RawJSON? = nil,
        checksum: String? = nil,
        created: Timestamp? = nil
    ) {
        self.id = id
        self.dataCollection = dataCollection
        self.files = files
        self.meta = meta
        self.group = group
        self.checksum = checksum
        self.created = created
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        dataCollection = try row.readIfPresent("data_collection")
        files = try row.readIfPresent("files")
        meta = try row.readIfPresent("meta")
        group = try row.readIfPresent("group")
        checksum = try row.readIfPresent("checksum")
        created = try row.readIfPresent("created")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("data_collection", dataCollection)
        writer.memberIfPresent("files", files)
        writer.memberIfPresent("meta", meta)
        writer.memberIfPresent("group", group)
        writer.memberIfPresent("checksum", checksum)
        writer.memberIfPresent("created", created)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "data_collection", "files", "meta", "group", "checksum", "created",
    ]
}
