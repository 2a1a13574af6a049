/// A file of a data unit, as a unit shows it.
///
/// Source: docs/wire-protocol.md, "Data units".
public struct FileReference: WireModel {
    /// Where the content can be read without credentials, for a while.
    public var url: String?
    /// The file specification's name, where files come as a list.
    public var specification: String?
    /// Whether it is the file that is annotated.
    public var isPrimary: Bool?
    /// The type of data.
    public var fileType: FileType?
    /// The name under which it was sent.
    public var fileNameOriginal: String?
    /// The MD5 of the content in hexadecimal digits.
    public var checksum: String?
    /// Bytes.
    public var size: Int?
    /// Free notes of programs.
    public var meta: RawJSON?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a file reference in code.
    public init(
        url: String? = nil,
        specification: String? = nil,
        isPrimary: Bool? = nil,
        fileType: FileType? = nil,
        fileNameOriginal: String? = nil,
        checksum: String? = nil,
        size: Int? = nil,
        meta: RawJSON? = nil
    ) {
        self.url = url
        self.specification = specification
        self.isPrimary = isPrimary
        self.fileType = fileType
        self.fileNameOriginal = fileNameOriginal
        self.checksum = checksum
        self.size = size
        self.meta = meta
    }

    /// Reads an object, or an address alone, as some servers send it.
    public init(reading json: RawJSON) throws(JSONError) {
        if json.firstByte == UInt8(ascii: "\"") {
            self.init(url: try String(reading: json))
        } else {
            try self.init(row: try json.row())
        }
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        url = try row.readIfPresent("url")
        specification = try row.readIfPresent("specification")
        isPrimary = try row.readIfPresent("is_primary")
        fileType = try row.readIfPresent("file_type")
        fileNameOriginal = try row.readIfPresent("file_name_original")
        checksum = try row.readIfPresent("checksum")
        size = try row.readIfPresent("size")
        meta = try row.readIfPresent("meta")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.memberIfPresent("url", url)
        writer.memberIfPresent("specification", specification)
        writer.memberIfPresent("is_primary", isPrimary)
        writer.memberIfPresent("file_type", fileType)
        writer.memberIfPresent("file_name_original", fileNameOriginal)
        writer.memberIfPresent("checksum", checksum)
        writer.memberIfPresent("size", size)
        writer.memberIfPresent("meta", meta)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "url", "specification", "is_primary", "file_type", "file_name_original", "checksum", "size", "meta",
    ]
}
