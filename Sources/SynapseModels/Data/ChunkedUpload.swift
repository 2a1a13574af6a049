/// The state of a chunked upload on the server.
///
/// Source: docs/wire-protocol.md, "Chunked upload".
public struct ChunkedUpload: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = TextIdentifier<ChunkedUpload>

    /// The identifier.
    public var id: ID
    /// Where the next chunk and the end go, absolute or relative.
    public var url: String
    /// Bytes that the server has stored: the next chunk begins there.
    public var offset: Int
    /// The name under which it was sent.
    public var filename: String?
    /// A URL of the content, where the server gives one.
    public var file: String?
    /// The MD5 of the content in hexadecimal digits, when complete.
    public var checksum: String?
    /// Bytes of the whole file, where the server knows.
    public var size: Int?
    /// When it began.
    public var createdAt: Timestamp?
    /// When it was completed; `nil` until then.
    public var completedAt: Timestamp?
    /// 1 while chunks come, 2 when complete.
    public var status: Int?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a chunked upload in code.
    public init(
        id: ID,
        url: String,
        offset: Int,
        filename: String? = nil,
        file: String? = nil,
        checksum: String? = nil,
        size: Int? = nil,
        createdAt: Timestamp? = nil,
        completedAt: Timestamp? = nil,
        status: Int? = nil
    ) {
        self.id = id
        self.url = url
        self.offset = offset
        self.filename = filename
        self.file = file
        self.checksum = checksum
        self.size = size
        self.createdAt = createdAt
        self.completedAt = completedAt
        self.status = status
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        url = try row.read("url")
        offset = try row.read("offset")
        filename = try row.readIfPresent("filename")
        file = try row.readIfPresent("file")
        checksum = try row.readIfPresent("checksum")
        size = try row.readIfPresent("size")
        createdAt = try row.readIfPresent("created_at")
        completedAt = try row.readIfPresent("completed_at")
        status = try row.readIfPresent("status")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("url", url)
        writer.member("offset", offset)
        writer.memberIfPresent("filename", filename)
        writer.memberIfPresent("file", file)
        writer.memberIfPresent("checksum", checksum)
        writer.memberIfPresent("size", size)
        writer.memberIfPresent("created_at", createdAt)
        writer.memberIfPresent("completed_at", completedAt)
        writer.memberIfPresent("status", status)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "url", "offset", "filename", "file", "checksum", "size", "created_at", "completed_at", "status",
    ]

    /// Whether the server has verified and stored the whole file.
    public var isComplete: Bool { completedAt != nil || status == 2 }
}
