/// The body that makes one data unit of files that are stored already.
///
/// Source: docs/wire-protocol.md, "Data units".
public struct DataUnitCreate: JSONReadable, JSONWritable {
    /// One file of the unit.
    public struct File: JSONReadable, JSONWritable, Hashable {
        /// The digest of a stored file: MD5, or SHA-1 for a presigned upload, in hexadecimal digits.
        public var checksum: String
        /// The file's path where it came from; the server keeps its last part as the file's name.
        public var path: String

        /// Makes a file.
        public init(checksum: String, path: String) {
            self.checksum = checksum
            self.path = path
        }

        /// Reads a file.
        public init(reading json: RawJSON) throws(JSONError) {
            let row = try json.row()
            checksum = try row.read("checksum")
            path = try row.readIfPresent("path") ?? ""
        }

        /// Writes the file.
        public func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("checksum", checksum)
                writer.member("path", path)
            }
        }
    }

    /// The collection.
    public var dataCollection: DataCollection.ID
    /// The files by the names of their specifications.
    public var files: [String: File]
    /// Free notes of programs: an object.
    public var meta: JSONValue?
    /// Names of groups from the root to the leaf; the unit belongs to the last.
    public var groups: [String]?

    /// Makes a body.
    public init(
        dataCollection: DataCollection.ID, files: [String: File], meta: JSONValue? = nil, groups: [String]? = nil
    ) {
        self.dataCollection = dataCollection
        self.files = files
        self.meta = meta
        self.groups = groups
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        dataCollection = try row.read("data_collection")
        files = try row.read("files")
        meta = try row.readIfPresent("meta")
        groups = try row.readIfPresent("groups")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("data_collection", dataCollection)
            writer.member("files", files)
            writer.memberIfPresent("meta", meta)
            writer.memberIfPresent("groups", groups)
        }
    }
}
