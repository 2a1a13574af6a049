#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import SynapseModels

/// Uploads one file in chunks, going on where an earlier run stopped.
///
/// A chunk is never in memory: its body reads the file in pieces, and the digest sees them on their way or runs ahead by a
/// reader of its own. No more than that is kept, so a file of any size takes the same memory.
package struct ChunkedUploader: Sendable {
    package let client: BackendClient
    package let source: FileSource
    package let chunkByteCount: Int64
    package let onProgress: (@Sendable (UploadProgress) -> Void)?
    package let onNotice: (@Sendable (UploadNotice) -> Void)?

    package init(
        client: BackendClient, source: FileSource, chunkByteCount: Int64?,
        onProgress: (@Sendable (UploadProgress) -> Void)?, onNotice: (@Sendable (UploadNotice) -> Void)?
    ) {
        self.client = client
        self.source = source
        self.chunkByteCount = max(1, chunkByteCount ?? client.configuration.limits.chunkByteCount)
        self.onProgress = onProgress
        self.onNotice = onNotice
    }

    /// Uploads the file, compares both sides, and hands the upload on.
    ///
    /// `use` makes something of the upload, which is remembered until that is done: a kill in between costs no second
    /// transfer.
    @concurrent
    package func run<Result: Sendable>(
        _ use: @Sendable (UploadedFile) async throws -> Result
    ) async throws -> Result {
        guard source.byteCount > 0 else { return try await use(try await uploadEmpty()) }
        let journal = UploadJournal(client.checkpoints, key: key, source: source, notify: notify)
        let uploaded = try await upload(journal)
        do {
            let result = try await use(uploaded)
            journal.clear()
            return result
        } catch let error as ClientError {
            // An upload that is of no use must not be offered again and again.
            let isRefused = error.context.fieldErrors.contains { $0.path.hasPrefix("chunked_upload") }
            if isRefused || error.saysGone { journal.clear() }
            throw error
        }
    }

    private func upload(_ journal: UploadJournal) async throws -> UploadedFile {
        let digest = DigestAhead(source, chunkByteCount: chunkByteCount)
        return try await withThrowingTaskGroup(of: UploadedFile?.self) { group in
            group.addTask {
                try await digest.run()
                return nil
            }
            group.addTask {
                var drive = UploadDrive(uploader: self, journal: journal, digest: digest)
                return try await drive.run()
            }
            defer { group.cancelAll() }
            while let outcome = try await group.next() {
                if let outcome { return outcome }
            }
            throw CancellationError()
        }
    }

    /// An empty file has no range to send.
    ///
    /// The platform's own client asks for it this way; a server may refuse.
    private func uploadEmpty() async throws -> UploadedFile {
        do {
            let (upload, checksum) = try await requestEmpty()
            UploadMeter(source, onProgress).acknowledged(0)
            return UploadedFile(upload: upload, checksum: checksum, byteCount: 0)
        } catch let error as ClientError where error.code == .validationFailed {
            var error = error
            error.code = .emptyFileRejected
            error.message =
                "the server takes no empty file as a chunked upload; use createDataFile, which sends it directly"
            throw error.filling(fileContext)
        }
    }

    package func notify(_ code: UploadNotice.Code, offset: Int64, message: String) {
        onNotice?(
            UploadNotice(
                code: code, path: source.path, offset: offset, totalByteCount: source.byteCount, message: message))
    }

    /// The file under the one name that does not depend on the folder of the process.
    private var key: UploadCheckpoint.Key {
        let base = client.pipeline.base
        let resolved = unsafe realpath(source.path, nil)
        defer { unsafe free(resolved) }
        let path = unsafe resolved.map { unsafe String(cString: $0) } ?? source.path
        return UploadCheckpoint.Key(
            server: "\(base.origin)\(base.path)", tenant: client.configuration.credentials.tenant, path: path)
    }

    package var fileContext: ClientError.Context {
        var context = ClientError.Context()
        context.file = source.path
        return context
    }
}
