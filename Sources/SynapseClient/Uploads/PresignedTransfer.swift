import HTTPTypes
import SynapseModels

/// Sends the bytes of one file to the storage by signed URLs: whole or in parts, each repeated where that can help.
///
/// No credentials go along, and no byte of a file is held: each request streams its range.
package struct PresignedTransfer: Sendable {
    /// A URL has expired; another one can help.
    package struct Expired: Error {
        package let error: ClientError
    }

    package let client: BackendClient
    package let source: FileSource
    package let attempts: Int
    package let slots: UploadSlots
    /// Waits for a storage that can't be reached; `nil` gives up after the attempts.
    package var outage: UploadOutage?

    /// Sends the whole file in one request.
    ///
    /// - Returns: The `ETag` of the answer.
    /// - Throws: ``Expired``, ``ClientError`` or `CancellationError`.
    package func sendWhole(to url: SignedURL, contentType: String?) async throws -> String? {
        try await slots.withSlot {
            try await put(0..<source.byteCount, to: url, contentType: contentType)
        }
    }

    /// Sends the parts, several at a time.
    ///
    /// - Returns: The parts as the storage knows them, in order.
    /// - Throws: ``Expired``, ``ClientError`` or `CancellationError`; the first failure ends the other parts.
    package func sendParts(_ multipart: PresignedUpload.Multipart) async throws -> [PresignedConfirmation.Multipart
        .Part]
    {
        let parts = try ranges(of: multipart)
        return try await mapConcurrently(parts, limit: parts.count) { _, part in
            try await slots.withSlot {
                let etag = try await put(part.range, to: part.url, contentType: nil)
                guard let etag else {
                    throw ClientError(
                        .unexpectedShape, "the storage answered part \(part.number) without an ETag",
                        delivery: .answered,
                        context: fileContext)
                }
                return PresignedConfirmation.Multipart.Part(number: part.number, etag: etag)
            }
        }
    }

    /// How long is waited for a storage that is told to forget an upload.
    private static let abortTime: Duration = .seconds(5)

    /// Gives an upload in parts up, where the server offers that; a failure changes nothing for the caller.
    package func abort(_ multipart: PresignedUpload.Multipart?) async {
        guard let url = multipart?.abortURL, let address = WebAddress(url.value) else { return }
        var request = Self.request(.delete, address)
        // It moves no bytes, and must not queue up behind what does.
        request.isTransfer = false
        // The one task that is not structured, for there is no other way: an upload that was cancelled is given up too,
        // and in a cancelled task every request ends at once. It is waited for, and bounded, so it outlives nothing.
        await Task { [client, request] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await client.pipeline.send(request) }
                group.addTask { try? await Task.sleep(for: Self.abortTime) }
                await group.next()
                group.cancelAll()
            }
        }.value
    }

    private struct Part: Sendable {
        let number: Int
        let range: Range<Int64>
        let url: SignedURL
    }

    /// The ranges of the file that the parts stand for.
    private func ranges(of multipart: PresignedUpload.Multipart) throws(ClientError) -> [Part] {
        let size = multipart.partByteCount
        let count = size > 0 && source.byteCount > 0 ? (source.byteCount - 1) / size + 1 : -1
        guard (1...10_000).contains(count), multipart.parts.count >= Int(count) else {
            throw ClientError(
                .unexpectedShape,
                "the server offers \(multipart.parts.count) parts of \(size) bytes for a file of \(source.byteCount)",
                delivery: .answered, context: fileContext)
        }
        return multipart.parts.prefix(Int(count)).enumerated().map { index, part in
            let start = Int64(index) * size
            let end = start + min(size, source.byteCount - start)
            return Part(number: part.number, range: start..<end, url: part.presignedURL)
        }
    }

    private func put(_ range: Range<Int64>, to url: SignedURL, contentType: String?) async throws -> String? {
        guard let outage else { return try await tryToPut(range, to: url, contentType: contentType) }
        return try await outage.persistently(atMost: 0) {
            try await tryToPut(range, to: url, contentType: contentType)
        }.get()
    }

    private func tryToPut(_ range: Range<Int64>, to url: SignedURL, contentType: String?) async throws -> String? {
        guard let address = WebAddress(url.value) else {
            throw ClientError(
                .unexpectedShape, "a signed URL is not an address", delivery: .answered, context: fileContext)
        }
        var request = Self.request(.put, address)
        let bytes = HTTPBody.FileRange(source: source, offset: range.lowerBound, byteCount: Int64(range.count))
        request.body = HTTPBody(segments: [.file(bytes)], contentType: contentType ?? "")
        var attempt = 1
        while true {
            do {
                try source.checkUnchanged()
                return try await client.pipeline.send(request).headerFields[.eTag]
            } catch let error as ClientError {
                let failure = StorageFailure(error, file: source.path, server: address.origin.authority)
                switch failure.kind {
                case .expired: throw Expired(error: failure.error)
                case .passing where attempt < attempts: break
                default:
                    var error = failure.error
                    error.context.attempts = attempt
                    throw error
                }
                let pause = RetryPause.pause(
                    afterAttempt: attempt, error: failure.error, policy: client.configuration.retry,
                    jitter: client.jitter)
                try await client.clock.sleep(pause)
                attempt += 1
            }
        }
    }

    private static func request(_ method: HTTPRequest.Method, _ address: WebAddress) -> ClientRequest {
        var request = ClientRequest("uploadFileToPresignedURL", method, .link(address))
        request.needsCredentials = false
        request.isTransfer = true
        request.repeats = .never
        request.idempotencyKey = nil
        return request
    }

    private var fileContext: ClientError.Context {
        var context = ClientError.Context()
        context.file = source.path
        return context
    }
}
