import HTTPTypes
public import SynapseModels

// Chunked uploads. Source: docs/wire-protocol.md, "Chunked upload".
extension BackendClient {
    /// Uploads a file in chunks, going on where an earlier call stopped.
    ///
    /// Each chunk is streamed from the file, and the MD5 is computed beside it: a file of any size takes a few MiB of
    /// memory. After a failure the server is asked how far it got, and the upload goes on from there. What was
    /// acknowledged is remembered in ``ClientConfiguration/checkpoints``, so that the same call after a kill goes on, too,
    /// when the acknowledged part of the file is still what it was.
    ///
    /// Shape: a regular file that nothing writes to until the call returns.
    /// - Parameters:
    ///   - path: The file.
    ///   - chunkByteCount: Bytes of one request; 50 MiB unless configured otherwise.
    ///   - onProgress: Told how far the upload is, about every quarter MiB. Called from the task that sends.
    ///   - onNotice: Told when the upload goes on with an earlier one, starts over or tries again.
    /// - Returns: The upload as the server has it, with the digest that both sides agree on.
    /// - Throws: ``ClientError`` coded `fileUnreadable`, `unsafeContent`, `fileChanged`, `checksumMismatch` after a second
    ///   try, `emptyFileRejected`, `uploadInterrupted` (call again to go on), or what the server answered.
    public func createChunkedUpload(
        _ path: String, chunkByteCount: Int64? = nil, onProgress: (@Sendable (UploadProgress) -> Void)? = nil,
        onNotice: (@Sendable (UploadNotice) -> Void)? = nil
    ) async throws -> UploadedFile {
        let uploader = ChunkedUploader(
            client: self, source: try await openForUpload(path), chunkByteCount: chunkByteCount,
            onProgress: onProgress, onNotice: onNotice
        )
        return try await uploader.run { $0 }
    }

    /// Gets the state of a chunked upload.
    ///
    /// - Parameter id: The upload.
    /// - Returns: Its state, with the offset at which the next chunk begins.
    /// - Throws: ``ClientError``, coded `notFound` or `gone`.
    public func getChunkedUpload(_ id: ChunkedUpload.ID) async throws -> ChunkedUpload {
        try await value(
            ClientRequest("getChunkedUpload", .get, .path("chunked_upload/\(PercentEncoding.encode(id.rawValue))/"))
        )
    }

    /// Lists the chunked uploads of the user that are not complete, one page, the oldest first.
    ///
    /// Ours alone.
    ///
    /// - Parameter query: Which page.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listChunkedUploads(_ query: ListQuery = ListQuery()) async throws -> Page<ChunkedUpload> {
        try await page(ClientRequest("listChunkedUploads", .get, .path("chunked_upload/"), query: query.items))
    }

    /// Lists all chunked uploads of the user that are not complete.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - options: How to walk through the pages.
    /// - Returns: The uploads, fetched as they are read.
    public func listAllChunkedUploads(
        _ query: ListQuery = ListQuery(), options: PageOptions = PageOptions()
    ) -> PageSequence<ChunkedUpload> {
        pages("listChunkedUploads", "chunked_upload/", query: query.items, options: options)
    }

    /// Removes a chunked upload with what the server has of it.
    ///
    /// Ours alone. A data file that was made of it stays.
    ///
    /// - Parameter id: The upload.
    /// - Throws: ``ClientError``, coded `notFound`.
    public func deleteChunkedUpload(_ id: ChunkedUpload.ID) async throws {
        let path = "chunked_upload/\(PercentEncoding.encode(id.rawValue))/"
        _ = try await pipeline.send(ClientRequest("deleteChunkedUpload", .delete, .path(path)))
    }

    /// The uploads that this client, or others with the same place for checkpoints, could go on with; the oldest first.
    ///
    /// - Returns: The checkpoints, those of other servers, too.
    /// - Throws: ``ClientError`` coded `checkpointFailed`.
    public func uploadCheckpoints() throws(ClientError) -> [UploadCheckpoint] { try checkpoints?.list() ?? [] }

    /// Those of ``uploadCheckpoints()`` that are of this client's server and tenant.
    ///
    /// - Returns: The checkpoints, the oldest first.
    /// - Throws: ``ClientError`` coded `checkpointFailed`.
    public func ownUploadCheckpoints() throws(ClientError) -> [UploadCheckpoint] {
        let server = "\(pipeline.base.origin)\(pipeline.base.path)"
        return try uploadCheckpoints().filter {
            $0.server == server && $0.tenant == configuration.credentials.tenant
        }
    }

    /// Forgets an upload; what the server has of it stays until it expires.
    ///
    /// - Parameter checkpoint: The checkpoint.
    /// - Returns: `false` when that upload is just at work, which is left alone.
    /// - Throws: ``ClientError`` coded `checkpointFailed`.
    @discardableResult
    public func discardUploadCheckpoint(_ checkpoint: UploadCheckpoint) throws(ClientError) -> Bool {
        guard let claim = try checkpoints?.claim(checkpoint.key) else { return false }
        try claim.remove()
        return true
    }
}
