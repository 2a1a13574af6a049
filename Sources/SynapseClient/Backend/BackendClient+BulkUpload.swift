import HTTPTypes
public import SynapseModels

// Uploads by signed URLs. Source: docs/wire-protocol.md, "Presigned upload".
extension BackendClient {
    /// Uploads files straight to the storage of the backend, many at a time.
    ///
    /// Each file or part of a file is streamed by a signed URL, without credentials, and repeated where that can help; a
    /// URL that has expired is asked for anew. SHA-1 and MD5 are computed in one pass beside the sending. Files that the
    /// content guard refuses, that can't be read, or that fail in any other way cost themselves alone.
    ///
    /// - Parameters:
    ///   - paths: The files. Nothing may write to them until the call returns.
    ///   - options: How many at once, how often, and for how long.
    ///   - onProgress: Told how far the upload is, of files that end together at once.
    /// - Returns: The outcome of each file, in the order of the files.
    /// - Throws: `CancellationError`; every other failure is in the outcomes.
    public func uploadFilesBulk(
        _ paths: [String], options: BulkUploadOptions = BulkUploadOptions(),
        onProgress: (@Sendable (BulkUploadProgress) -> Void)? = nil
    ) async throws -> BulkUploadResult {
        try await PresignedUploader(client: self, options: options, onProgress: onProgress).run(paths)
    }

    /// The same; `onWait` is told once of each outage of the server or the storage that is waited for.
    package func uploadFilesBulk(
        _ paths: [String], options: BulkUploadOptions, onProgress: @escaping @Sendable (BulkUploadProgress) -> Void,
        onWait: @escaping @Sendable (ClientError) -> Void
    ) async throws -> BulkUploadResult {
        try await PresignedUploader(client: self, options: options, onProgress: onProgress, onWait: onWait).run(paths)
    }

    /// Asks for signed URLs, by which files can be sent without credentials.
    ///
    /// - Parameter request: The files, 1 through 1000, and how long the URLs shall last.
    /// - Returns: The URLs, in the order of the files.
    /// - Throws: ``ClientError``.
    public func requestPresignedUpload(_ request: PresignedUploadRequest) async throws -> PresignedUpload {
        try await value(
            ClientRequest(
                "requestPresignedUpload", .post, .path("data_files/presigned_upload/upload/"),
                body: HTTPBody(json: request)))
    }

    /// Sends a whole file by a signed URL.
    ///
    /// - Parameters:
    ///   - url: Where the file goes.
    ///   - path: The file. Nothing may write to it until the call returns.
    ///   - contentType: The media type that was asked for; `nil` sends none.
    ///   - attempts: Tries, where trying again can help.
    /// - Returns: The digests that ``confirmPresignedUpload(_:)`` takes, and what the storage said.
    /// - Throws: ``ClientError``; its text never holds the URL.
    public func uploadFileToPresignedURL(
        _ url: SignedURL, path: String, contentType: String? = nil, attempts: Int = 4
    ) async throws -> PresignedFileUpload {
        let source = try await openForUpload(path)
        let transfer = PresignedTransfer(
            client: self, source: source, attempts: max(1, attempts), slots: UploadSlots(1))
        async let hashing = FileDigests.compute(source)
        let etag: String?
        do {
            etag = try await transfer.sendWhole(to: url, contentType: contentType)
        } catch let expired as PresignedTransfer.Expired {
            throw expired.error
        }
        let digests = try await hashing
        try source.checkUnchanged()
        return PresignedFileUpload(sha1: digests.sha1, md5: digests.md5, byteCount: source.byteCount, etag: etag)
    }

    /// Says which files were sent by their signed URLs, which makes data files of them.
    ///
    /// Saying it again is safe: a file key stands for one upload. A server that puts large files together from their parts
    /// is silent for long: it is asked again for as long as that may take.
    ///
    /// - Parameter confirmation: The files with their digests, 1 through 1000.
    /// - Returns: What became of each of them.
    /// - Throws: ``ClientError``.
    public func confirmPresignedUpload(
        _ confirmation: PresignedConfirmation
    ) async throws -> PresignedConfirmationAnswer {
        var request = ClientRequest(
            "confirmPresignedUpload", .post, .path("data_files/presigned_upload/confirm_upload/"),
            body: HTTPBody(json: confirmation))
        request.isRead = true
        request.isTransfer = true
        let byteCount = confirmation.files.reduce(Int64(0)) { sum, file in
            file.multipart == nil ? sum : sum.addingReportingOverflow(max(0, file.size)).partialValue
        }
        let patience = configuration.retry.uploadPatience + UploadStateMachine.readingTime(of: max(0, byteCount))
        let deadline = clock.now().advanced(by: patience)
        while true {
            do {
                return try await value(request)
            } catch let error as ClientError where error.code == .readTimeout && byteCount > 0 {
                // It went on meanwhile: the next answer waits for the same work.
                guard clock.now() < deadline else { throw error }
            }
        }
    }
}
