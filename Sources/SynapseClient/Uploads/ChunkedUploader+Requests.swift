import HTTPTypes
import SynapseModels

// The four requests of a chunked upload. Source: docs/wire-protocol.md, "Chunked upload".
extension ChunkedUploader {
    /// Sends one chunk, read from the file piece by piece.
    ///
    /// `onRead` is told after each piece its size and where it ends in the file.
    package func requestChunk(
        _ range: Range<Int64>, _ upload: UploadStateMachine.Upload?, digest: DigestAhead,
        onRead: @escaping @Sendable (_ byteCount: Int64, _ end: Int64) -> Void
    ) async throws -> ChunkedUpload {
        var form = MultipartForm()
        form.addText(name: "filename", value: source.name)
        let pieces = PieceCounter(start: range.lowerBound, report: onRead)
        let segment = HTTPBody.FileRange(
            source: source, offset: range.lowerBound, byteCount: Int64(range.count), digest: digest,
            onRead: { pieces.note($0) })
        form.addFile(name: "file", filename: "file", content: .file(segment))
        var request = ClientRequest("createChunkedUpload", .put, target(upload), body: form.body())
        request.headerFields[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(source.byteCount)"
        request.isTransfer = true
        // The machine asks for the offset before it sends a chunk again; the pipeline does not know that.
        request.repeats = .never
        request.idempotencyKey = nil
        return try await client.value(request)
    }

    /// Asks how far the upload is; the machine knows when to ask again.
    package func requestState(_ upload: UploadStateMachine.Upload) async throws -> ChunkedUpload {
        var request = ClientRequest("getChunkedUpload", .get, path(upload))
        request.repeats = .never
        return try await client.value(request)
    }

    /// Says that all is there.
    package func requestEnd(
        _ upload: UploadStateMachine.Upload, checksum: String, after last: ChunkedUpload?
    ) async throws -> ChunkedUpload {
        var request = ClientRequest("createChunkedUpload", .post, target(upload), body: Self.checksumBody(checksum))
        request.repeats = .never
        let answer: RawJSON = try await client.value(request)
        return try Self.state(answer, after: last, upload: upload, byteCount: source.byteCount)
    }

    package func requestEmpty() async throws -> (ChunkedUpload, checksum: String) {
        let checksum = FileSource.md5(of: [])
        let request = ClientRequest(
            "createChunkedUpload", .post, .path("chunked_upload/"), body: Self.checksumBody(checksum))
        return (try await client.value(request), checksum)
    }

    /// Removes what is of no use any more, if the server lets it; what is left expires by itself.
    package func requestRemoval(_ upload: UploadStateMachine.Upload) async throws {
        var request = ClientRequest("deleteChunkedUpload", .delete, path(upload))
        request.repeats = .never
        do {
            _ = try await client.pipeline.send(request)
        } catch is ClientError {
            try Task.checkCancellation()
        }
    }

    /// Reads the answer to the end.
    ///
    /// Some servers send nothing but the id then; what is missing is known, and an end that was accepted without saying
    /// that the upload is still open is an end.
    private static func state(
        _ answer: RawJSON, after last: ChunkedUpload?, upload: UploadStateMachine.Upload, byteCount: Int64
    ) throws(ClientError) -> ChunkedUpload {
        if let whole = try? ChunkedUpload(reading: answer) {
            var whole = whole
            let saysOpen = (whole.row?.contains("completed_at") ?? false) || whole.status != nil
            if !whole.isComplete && !saysOpen { whole.status = 2 }
            return whole
        }
        guard let id = try? answer.row().read("id", as: ChunkedUpload.ID.self) else {
            throw ClientError(.unexpectedShape, "the answer to the end of an upload has no id", delivery: .answered)
        }
        return ChunkedUpload(id: id, url: upload.url, offset: Int(byteCount), filename: last?.filename, status: 2)
    }

    /// Where the next request goes: the link of the server, or the path of the upload where the link leads elsewhere.
    private func target(_ upload: UploadStateMachine.Upload?) -> ClientRequest.Target {
        guard let upload else { return .path("chunked_upload/") }
        if !upload.url.isEmpty, let address = try? client.resolve(upload.url) { return .link(address) }
        return path(upload)
    }

    private func path(_ upload: UploadStateMachine.Upload) -> ClientRequest.Target {
        .path("chunked_upload/\(PercentEncoding.encode(upload.id.rawValue))/")
    }

    private static func checksumBody(_ checksum: String) -> HTTPBody {
        HTTPBody(json: JSONValue.object(["md5": .string(checksum)]))
    }
}
