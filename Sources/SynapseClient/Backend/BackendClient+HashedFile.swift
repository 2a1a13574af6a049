import HTTPTypes
import SynapseModels

/// A local file whose digest is known.
package struct HashedFile: Sendable {
    package var path: String
    package var identity: FileSource.Identity
    package var checksum: String
    /// Whether the content guard has seen this content.
    package var isInspected: Bool

    package var byteCount: Int64 { identity.byteCount }
}

extension BackendClient {
    /// Files up to this size are sent from memory.
    private static var smallByteCount: Int64 { 256 << 10 }

    /// Stores a file whose digest is known, without hashing it again.
    ///
    /// - Throws: ``ClientError``, coded `fileChanged` when the file is not what was hashed.
    @concurrent
    package func createDataFile(
        of file: HashedFile, onRefusal: (@Sendable (ClientError) -> Void)? = nil
    ) async throws {
        let source = try FileSource(path: file.path)
        guard source.identity == file.identity else { throw source.changed() }
        if !file.isInspected { try configuration.contentGuard.check(source) }
        guard file.byteCount <= configuration.limits.chunkByteCount else {
            let stored = try await createDataFile(from: source)
            return try check(stored, checksum: file.checksum, byteCount: file.byteCount, name: source.name)
        }
        let isSmall = file.byteCount <= Self.smallByteCount
        let content: HTTPBody.Segment =
            isSmall
            ? .bytes(try source.contents())
            : .file(HTTPBody.FileRange(source: source, offset: 0, byteCount: file.byteCount))
        try await withSecondTry {
            var form = MultipartForm()
            form.addFile(name: "file", filename: source.name, content: content)
            var request = ClientRequest("createDataFile", .post, .path("data_files/"), body: form.body())
            request.isTransfer = true
            request.onRefusal = onRefusal
            let stored: DataFile = try await value(request)
            try source.checkUnchanged()
            // The file may have been written to between its hashing and its sending, and be the same size and age again.
            try check(stored, checksum: file.checksum, byteCount: file.byteCount, name: source.name)
        }
    }
}
