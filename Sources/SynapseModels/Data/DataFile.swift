/// A stored file.
///
/// Source: docs/wire-protocol.md, "Data files".
public struct DataFile: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<DataFile>

    /// The identifier.
    public var id: ID
    /// The MD5 of the content in hexadecimal digits, which data units refer to; SHA-1 for presigned uploads.
    public var checksum: String
    /// A URL from which the content can be read without credentials, for a while.
    public var file: String?
    /// Bytes.
    public var size: Int?
    /// The name under which it was sent.
    public var filename: String?
    /// Free notes of programs.
    public var meta: RawJSON?
    /// When it was stored.
    public var createdAt: Timestamp?
    /// When its row changed last.
    public var updatedAt: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a data file in code.
    public init(
        id: ID,
        checksum: String,
        file: String? = nil,
        size: Int? = nil,
        filename: String? = nil,
        meta: RawJSON? = nil,
        createdAt: Timestamp? = nil,
        updatedAt: Timestamp? = nil
    ) {
        self.id = id
        self.checksum = checksum
        self.file = file
        self.size = size
        self.filename = filename
        self.meta = meta
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        checksum = try row.read("checksum")
        file = try row.readIfPresent("file")
        size = try row.readIfPresent("size")
        filename = try row.readIfPresent("filename")
        meta = try row.readIfPresent("meta")
        createdAt = try row.readIfPresent("created_at")
        updatedAt = try row.readIfPresent("updated_at")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("checksum", checksum)
        writer.memberIfPresent("file", file)
        writer.memberIfPresent("size", size)
        writer.memberIfPresent("filename", filename)
        writer.memberIfPresent("meta", meta)
        writer.memberIfPresent("created_at", createdAt)
        writer.memberIfPresent("updated_at", updatedAt)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "checksum", "file", "size", "filename", "meta", "created_at", "updated_at",
    ]
}
