/// The body that says which files were sent by their signed URLs.
///
/// Source: docs/wire-protocol.md, "Presigned upload".
public struct PresignedConfirmation: JSONWritable, Sendable, Hashable {
    /// One file that was sent.
    public struct File: JSONWritable, Sendable, Hashable {
        /// The name in the storage.
        public var fileKey: String
        /// The SHA-1 of the content in hexadecimal digits.
        public var checksum: String
        /// Bytes.
        public var size: Int64
        /// What the storage said to the parts, for a file that was sent in parts.
        public var multipart: Multipart?

        /// Makes an entry.
        public init(fileKey: String, checksum: String, size: Int64, multipart: Multipart? = nil) {
            self.fileKey = fileKey
            self.checksum = checksum
            self.size = size
            self.multipart = multipart
        }

        /// Writes the entry.
        public func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("file_key", fileKey)
                writer.member("checksum", checksum)
                writer.member("size", size)
                writer.memberIfPresent("multipart", multipart)
            }
        }
    }

    /// The parts of one file, as the storage knows them.
    public struct Multipart: JSONWritable, Sendable, Hashable {
        /// One part.
        public struct Part: JSONWritable, Sendable, Hashable {
            /// From 1.
            public var number: Int
            /// The `ETag` of the storage's answer, with its quotes.
            public var etag: String

            /// Makes a part.
            public init(number: Int, etag: String) {
                self.number = number
                self.etag = etag
            }

            /// Writes the part.
            public func write(to writer: inout JSONWriter) {
                writer.object { writer in
                    writer.member("part_number", number)
                    writer.member("etag", etag)
                }
            }
        }

        /// The name of the upload in the storage.
        public var uploadID: String
        /// The parts, in order.
        public var parts: [Part]

        /// Makes a description.
        public init(uploadID: String, parts: [Part]) {
            self.uploadID = uploadID
            self.parts = parts
        }

        /// Writes the description.
        public func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("upload_id", uploadID)
                writer.member("parts", parts)
            }
        }
    }

    /// The files.
    public var files: [File]

    /// Makes a body.
    public init(files: [File]) {
        self.files = files
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { $0.member("files", files) }
    }
}

/// What became of the files that were confirmed.
public struct PresignedConfirmationAnswer: JSONReadable, Sendable {
    /// What became of one file.
    public struct Result: JSONReadable, Sendable, Hashable {
        /// The name in the storage.
        public var fileKey: String
        /// The data file, when there is one.
        public var dataFile: DataFile.ID?
        /// Whether the file is a data file now.
        public var isSuccess: Bool
        /// Whether the data file is new, where the server tells.
        public var isNew: Bool?
        /// Why the file was refused.
        public var error: String?

        /// Reads a result.
        public init(reading json: RawJSON) throws(JSONError) {
            let row = try json.row()
            fileKey = try row.read("file_key")
            dataFile = try row.readIfPresent("data_file_id")
            isSuccess = try row.read("success")
            isNew = try? row.readIfPresent("created")
            error = try? row.readIfPresent("error")
        }
    }

    /// The results that could be read, in the order in which they came.
    public var results: [Result]

    /// Reads an answer; an odd entry costs itself alone.
    public init(reading json: RawJSON) throws(JSONError) {
        results = []
        for raw in try json.row().read("results", as: [RawJSON].self) {
            if let result = try? Result(reading: raw) { results.append(result) }
        }
    }
}
