import Crypto
public import SynapseModels

/// What is remembered of an upload that is under way, so that a later run goes on with it.
///
/// It holds no credentials and nothing of the file's content but a digest.
public struct UploadCheckpoint: Sendable, Hashable {
    /// The upload on the server.
    public var uploadID: ChunkedUpload.ID
    /// Where its next chunk goes, without a query.
    public var uploadURL: String
    /// The address of the server, without credentials.
    public var server: String
    /// The code of the tenant, where one was given.
    public var tenant: String?
    /// The absolute path of the file, symbolic links resolved.
    public var path: String
    /// Bytes of the file.
    public var byteCount: Int64
    /// When the file was last modified, in nanoseconds since 1970.
    public var modifiedNanoseconds: Int64
    /// Bytes of a chunk.
    public var chunkByteCount: Int64
    /// Bytes that the server has acknowledged.
    public var offset: Int64
    /// Bytes that ``checksum`` covers; as a rule those that are acknowledged.
    public var checkedByteCount: Int64
    /// The MD5 of the first ``checkedByteCount`` bytes of the file, in hexadecimal digits.
    public var checksum: String
    /// When the upload began, in seconds since 1970.
    public var createdSeconds: Int64
    /// When the checkpoint was written, in seconds since 1970.
    public var updatedSeconds: Int64

    package init(
        uploadID: ChunkedUpload.ID, uploadURL: String, server: String, tenant: String?, path: String, byteCount: Int64,
        modifiedNanoseconds: Int64, chunkByteCount: Int64, offset: Int64, checkedByteCount: Int64, checksum: String,
        createdSeconds: Int64, updatedSeconds: Int64
    ) {
        self.uploadID = uploadID
        self.uploadURL = uploadURL
        self.server = server
        self.tenant = tenant
        self.path = path
        self.byteCount = byteCount
        self.modifiedNanoseconds = modifiedNanoseconds
        self.chunkByteCount = chunkByteCount
        self.offset = offset
        self.checkedByteCount = checkedByteCount
        self.checksum = checksum
        self.createdSeconds = createdSeconds
        self.updatedSeconds = updatedSeconds
    }

    /// What an upload is found by: the file, the server and the tenant.
    package struct Key: Sendable, Hashable {
        package var server: String
        package var tenant: String?
        package var path: String

        package init(server: String, tenant: String?, path: String) {
            self.server = server
            self.tenant = tenant
            self.path = path
        }

        /// A name for a file: 32 hexadecimal digits.
        package var name: String {
            let text = [server, tenant ?? "", path].joined(separator: "\0")
            return String(Hexadecimal.text(SHA256.hash(data: Array(text.utf8))).prefix(32))
        }
    }

    package var key: Key { Key(server: server, tenant: tenant, path: path) }

    /// Whether a file still looks like the one of which this speaks.
    package func describes(_ identity: FileSource.Identity) -> Bool {
        byteCount == identity.byteCount && modifiedNanoseconds == identity.modifiedTotalNanoseconds
    }
}

extension FileSource.Identity {
    /// In nanoseconds since 1970; wraps for times that no clock shows.
    package var modifiedTotalNanoseconds: Int64 { modifiedSeconds &* 1_000_000_000 &+ modifiedNanoseconds }
}

extension UploadCheckpoint: JSONReadable, JSONWritable {
    private static let version = 1

    /// Reads a checkpoint.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        guard try row.read("version", as: Int.self) == Self.version else {
            throw JSONError(.value, "it is of another version", path: "version")
        }
        uploadID = try row.read("upload_id")
        uploadURL = try row.read("upload_url")
        server = try row.read("server")
        tenant = try row.readIfPresent("tenant")
        path = try row.read("path")
        byteCount = try row.read("size")
        modifiedNanoseconds = try row.read("modified_ns")
        chunkByteCount = try row.read("chunk_size")
        offset = try row.read("offset")
        checkedByteCount = try row.read("checked_size")
        checksum = try row.read("checked_md5")
        createdSeconds = try row.read("created")
        updatedSeconds = try row.read("updated")
    }

    /// Writes the checkpoint as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("version", Self.version)
            writer.member("upload_id", uploadID)
            writer.member("upload_url", uploadURL)
            writer.member("server", server)
            writer.memberIfPresent("tenant", tenant)
            writer.member("path", path)
            writer.member("size", byteCount)
            writer.member("modified_ns", modifiedNanoseconds)
            writer.member("chunk_size", chunkByteCount)
            writer.member("offset", offset)
            writer.member("checked_size", checkedByteCount)
            writer.member("checked_md5", checksum)
            writer.member("created", createdSeconds)
            writer.member("updated", updatedSeconds)
        }
    }
}
