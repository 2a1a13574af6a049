/// The body that asks for signed URLs, by which files go straight to the storage.
///
/// Source: docs/wire-protocol.md, "Presigned upload".
public struct PresignedUploadRequest: JSONWritable, Sendable, Hashable {
    /// One file that is to be sent.
    public struct File: JSONWritable, Sendable, Hashable {
        /// The name, without a folder.
        public var filename: String
        /// Bytes.
        public var size: Int64
        /// The media type, or `nil` when it is not known.
        public var contentType: String?

        /// Makes an entry.
        public init(filename: String, size: Int64, contentType: String? = nil) {
            self.filename = filename
            self.size = size
            self.contentType = contentType
        }

        /// Writes the entry.
        public func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("filename", filename)
                writer.member("size", size)
                writer.member("content_type", contentType)
            }
        }
    }

    /// The files, in order.
    public var files: [File]
    /// How long the URLs shall last, in seconds.
    public var expiration: Int

    /// Makes a body.
    public init(files: [File], expiration: Int = 3600) {
        self.files = files
        self.expiration = expiration
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("files", files)
            writer.member("expiration", expiration)
        }
    }
}

/// Signed URLs for files, in the order of the request.
public struct PresignedUpload: JSONReadable, Sendable {
    /// Where one file goes: in one request, or in parts.
    public struct File: JSONReadable, Sendable {
        /// The name that was asked for.
        public var filename: String
        /// The name in the storage; it names the file when the upload is confirmed.
        public var fileKey: String
        /// Where the whole file goes, unless it goes in parts.
        public var presignedURL: SignedURL?
        /// Where the parts go.
        public var multipart: Multipart?

        /// Makes an entry.
        public init(filename: String, fileKey: String, presignedURL: SignedURL? = nil, multipart: Multipart? = nil) {
            self.filename = filename
            self.fileKey = fileKey
            self.presignedURL = presignedURL
            self.multipart = multipart
        }

        /// Reads an entry.
        public init(reading json: RawJSON) throws(JSONError) {
            let row = try json.row()
            filename = try row.readIfPresent("filename") ?? ""
            fileKey = try row.read("file_key")
            presignedURL = try row.readIfPresent("presigned_url")
            multipart = try row.readIfPresent("multipart")
        }
    }

    /// Where the parts of one file go.
    public struct Multipart: JSONReadable, Sendable {
        /// One part.
        public struct Part: JSONReadable, Sendable {
            /// From 1.
            public var number: Int
            /// Where its bytes go.
            public var presignedURL: SignedURL

            /// Makes a part.
            public init(number: Int, presignedURL: SignedURL) {
                self.number = number
                self.presignedURL = presignedURL
            }

            /// Reads a part.
            public init(reading json: RawJSON) throws(JSONError) {
                let row = try json.row()
                number = try row.read("part_number")
                presignedURL = try row.read("presigned_url")
            }
        }

        /// The name of the upload in the storage.
        public var uploadID: String
        /// Bytes of every part but the last.
        public var partByteCount: Int64
        /// The parts, in order.
        public var parts: [Part]
        /// Where a `DELETE` gives the upload up, where the server offers that.
        public var abortURL: SignedURL?

        /// Makes a description.
        public init(uploadID: String, partByteCount: Int64, parts: [Part], abortURL: SignedURL? = nil) {
            self.uploadID = uploadID
            self.partByteCount = partByteCount
            self.parts = parts
            self.abortURL = abortURL
        }

        /// Reads a description.
        public init(reading json: RawJSON) throws(JSONError) {
            let row = try json.row()
            uploadID = try row.read("upload_id")
            partByteCount = try row.read("part_size")
            parts = try row.read("parts")
            abortURL = try row.readIfPresent("abort_url")
        }
    }

    /// The entries that could be read, in the order in which they came.
    public var files: [File]
    /// How many entries could not be read.
    public var oddCount = 0
    /// When the URLs end.
    public var expiresAt: Timestamp?

    /// Makes an answer.
    public init(files: [File], expiresAt: Timestamp? = nil) {
        self.files = files
        self.expiresAt = expiresAt
    }

    /// Reads an answer; an odd entry costs itself alone.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        files = []
        for raw in try row.read("files", as: [RawJSON].self) {
            if let file = try? File(reading: raw) { files.append(file) } else { oddCount += 1 }
        }
        expiresAt = try? row.readIfPresent("expires_at")
    }
}
