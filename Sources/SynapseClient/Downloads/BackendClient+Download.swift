import HTTPTypes
public import SynapseModels

// Downloads of files. Source: docs/wire-protocol.md, "Files".
extension BackendClient {
    /// Downloads a file of a data unit.
    ///
    /// The content is streamed into a temporary file beside `path`, which takes its name when size and digest are right:
    /// a file at `path` is always whole. A broken transfer goes on where it stopped, if the server can tell that the
    /// content is still the same. No credentials are sent: addresses of files are signed.
    ///
    /// - Parameters:
    ///   - file: The file, as a data unit or a task shows it. Its size and MD5 are checked where it has them.
    ///   - path: Where to put it. Its folder exists.
    /// - Returns: What was fetched.
    /// - Throws: ``ClientError``, coded `notFound`, `checksumMismatch`, `fileUnwritable` or by the transport.
    @discardableResult
    public func downloadFile(from file: FileReference, to path: String) async throws -> DownloadedFile {
        guard let url = file.url else {
            throw ClientError(.invalidArgument, "the file has no address to download it from")
        }
        return try await download(url, to: path, byteCount: file.size.map(Int64.init), checksum: file.checksum)
    }

    /// Downloads what an address leads to.
    ///
    /// - Parameters:
    ///   - url: An absolute address, or one relative to the base URL.
    ///   - path: Where to put it. Its folder exists.
    /// - Returns: What was fetched.
    /// - Throws: ``ClientError``.
    @discardableResult
    public func downloadFile(from url: String, to path: String) async throws -> DownloadedFile {
        try await download(url, to: path, byteCount: nil, checksum: nil)
    }

    /// Downloads many files, a bounded number at a time.
    ///
    /// One that fails costs no other.
    ///
    /// - Parameters:
    ///   - files: Each file with where to put it.
    ///   - maximumConcurrency: Files at a time.
    /// - Returns: The outcome of each file, in the order given.
    /// - Throws: `CancellationError`.
    public func downloadFiles(
        _ files: [(file: FileReference, path: String)], maximumConcurrency: Int = 10
    ) async throws -> [Result<DownloadedFile, ClientError>] {
        try await mapConcurrently(files, limit: maximumConcurrency) { _, item in
            do {
                return .success(try await downloadFile(from: item.file, to: item.path))
            } catch let error as ClientError {
                return .failure(error)
            }
        }
    }

    @concurrent
    package func download(
        _ url: String, to path: String, byteCount: Int64?, checksum: String?
    ) async throws -> DownloadedFile {
        var context = ClientError.Context()
        context.operation = "downloadFile"
        context.file = path
        guard let address = pipeline.base.resolving(url, prefix: "") else {
            throw ClientError(.invalidArgument, "the address of the file is no http address", context: context)
        }
        let file = try FileSink(path: path)
        let sink = DownloadSink(file: file)
        do {
            try await fetch(address, sink)
            try check(sink, byteCount: byteCount, checksum: checksum)
            try file.keep()
        } catch let error as ClientError {
            throw error.filling(context)
        }
        return DownloadedFile(path: path, byteCount: sink.byteCount, checksum: sink.checksum)
    }

    private func fetch(_ address: WebAddress, _ sink: DownloadSink) async throws {
        var failures = 0
        while true {
            let before = sink.byteCount
            var request = ClientRequest("downloadFile", .get, .link(address))
            request.needsCredentials = false
            request.isTransfer = true
            // Repeated here, where the rest can be asked for; the pipeline would begin again.
            request.repeats = .never
            request.headerFields = sink.headerFields
            request.sink = sink
            do {
                _ = try await pipeline.send(request)
                guard let total = sink.expectedByteCount, sink.byteCount < total else { return }
                throw ClientError(.truncatedResponse, "the file ended too early", delivery: .unknown)
            } catch let error as ClientError {
                failures = sink.byteCount > before ? 1 : failures + 1
                guard Self.canGoOn(error), failures < configuration.retry.attempts else { throw error }
                if error.context.status == 416 { sink.restart() }
                let pause = RetryPause.pause(
                    afterAttempt: failures, error: error, policy: configuration.retry, jitter: jitter
                )
                try await clock.sleep(pause)
            }
        }
    }

    private static func canGoOn(_ error: ClientError) -> Bool {
        switch error.delivery {
        case .local: false
        case .notSent: error.code != .tlsFailed
        case .unknown: true
        case .answered: [408, 416, 429, 500, 502, 503, 504].contains(error.context.status)
        }
    }

    private func check(_ sink: DownloadSink, byteCount: Int64?, checksum: String?) throws(ClientError) {
        if let byteCount, sink.byteCount != byteCount {
            throw ClientError(
                .checksumMismatch, "the file has \(sink.byteCount) bytes, \(byteCount) were announced",
                delivery: .answered
            )
        }
        // Digests of other kinds are not compared: only MD5 has 32 digits.
        if let checksum, checksum.utf8.count == 32, checksum.lowercased() != sink.checksum {
            throw ClientError(
                .checksumMismatch, "the content of the file is not what was announced: its MD5 differs",
                delivery: .answered
            )
        }
    }
}
