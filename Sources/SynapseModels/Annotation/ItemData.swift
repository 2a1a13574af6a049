/// The annotation data of a task or an assignment, as the lists of data alone carry it.
///
/// Source: docs/wire-protocol.md, "Data and files alone".
public struct ItemData<Owner: Sendable>: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<Owner>

    /// The identifier of the task or the assignment.
    public var id: ID
    /// The data, as the platform leaves it open; `nil` before the first annotation.
    ///
    /// In a list that was asked for addresses it is the object that ``link`` reads.
    public var data: RawJSON?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a row in code.
    public init(id: ID, data: RawJSON? = nil) {
        self.id = id
        self.data = data
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        data = try row.readIfPresent("data")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("data", data)
    }

    /// The names that are known.
    public static var fieldNames: Set<String> { ["id", "data"] }

    /// Where the data is, in a list that was asked for addresses; `nil` where the row carries the data itself.
    public var link: DataLink? {
        guard let data, data.isObject, let link = try? DataLink(reading: data), link.isLink else { return nil }
        return link
    }
}

/// Where annotation data can be read without credentials, for a while.
///
/// Source: docs/wire-protocol.md, "Data and files alone".
public struct DataLink: JSONReadable, Sendable {
    /// `presigned`, or `inline` for data that was cut.
    public var mode: ResponseMode
    /// The address of the whole data.
    public var presignedURL: String?
    /// Bytes of the whole data.
    public var size: Int?
    /// The SHA-256 of the whole data in hexadecimal digits, where the server is the embedded one.
    public var dataDigest: String?
    /// Whether the row carries only a part of the data.
    public var isTruncated: Bool

    /// Reads an object.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        mode = try row.read("mode")
        presignedURL = try row.readIfPresent("presigned_url")
        size = try row.readIfPresent("size")
        dataDigest = try row.readIfPresent("data_digest")
        isTruncated = try row.readIfPresent("truncated") ?? false
    }

    var isLink: Bool { presignedURL != nil && (mode == .presigned || (mode == .inline && isTruncated)) }
}
