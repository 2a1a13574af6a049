import SynapseModels

/// Uploads many files by signed URLs, batch by batch: asks for URLs, sends, confirms.
///
/// Every file has an outcome: one that the server left out of an answer is a failure that says so.
package struct PresignedUploader: Sendable {
    package let client: BackendClient
    package let options: BulkUploadOptions
    private let onProgress: (@Sendable (BulkUploadProgress) -> Void)?
    private let outage: UploadOutage
    /// That of the storage, which can be another server.
    private let storageOutage: UploadOutage

    /// `onWait` is told once of each outage of the server that is waited for.
    package init(
        client: BackendClient, options: BulkUploadOptions, onProgress: (@Sendable (BulkUploadProgress) -> Void)?,
        onWait: (@Sendable (ClientError) -> Void)? = nil
    ) {
        self.client = client
        self.options = options
        self.onProgress = onProgress
        outage = UploadOutage(tolerance: options.outageTolerance, client: client, onWait: onWait)
        storageOutage = UploadOutage(
            tolerance: options.outageTolerance, client: client, usesToken: false, onWait: onWait)
    }

    /// A file on its way.
    private struct Work: Sendable {
        var identity: FileSource.Identity?
        var outcome: BulkUploadFile
        var sent: PresignedConfirmation.File?
        /// Whether the server found another digest than the file has.
        var isDamaged = false
    }

    /// What the server granted for one file, and until when.
    private struct Grant: Sendable {
        var file: PresignedUpload.File
        var deadline: ContinuousClock.Instant
    }

    /// URLs are asked for again this often for one file.
    private static let renewals = 3

    /// - Throws: `CancellationError`; every other failure is in the outcomes.
    @concurrent
    package func run(_ paths: [String]) async throws -> BulkUploadResult {
        let progress = LatestReport(
            BulkUploadProgress(finishedFileCount: 0, totalFileCount: paths.count, sentByteCount: 0), report: onProgress)
        let slots = UploadSlots(options.maximumConcurrency)
        var files: [BulkUploadFile] = []
        for batch in paths.batches(of: options.batchSize) {
            var works = batch.map { Work(outcome: BulkUploadFile(path: $0)) }
            if let refusal = outage.refusal ?? storageOutage.refusal {
                // The server could not be reached any more: what is left is not tried file by file.
                for index in works.indices { works[index].outcome.error = refusal }
            } else {
                works = try await mapConcurrently(works, limit: options.maximumConcurrency) { _, work in try open(work)
                }
                try await upload(&works, slots, progress)
            }
            for work in works where work.identity == nil || work.outcome.error != nil && work.sent == nil {
                progress.change { $0.finishedFileCount += 1 }
            }
            files += works.map(\.outcome)
        }
        return BulkUploadResult(files: files)
    }

    private func open(_ work: Work) throws -> Work {
        var work = work
        do {
            let source = try FileSource(path: work.outcome.path)
            try client.configuration.contentGuard.check(source)
            work.identity = source.identity
            work.outcome.byteCount = source.byteCount
        } catch let error as ClientError {
            work.outcome.error = error
        }
        return work
    }

    private func upload(
        _ works: inout [Work], _ slots: UploadSlots, _ progress: LatestReport<BulkUploadProgress>
    ) async throws {
        let indices = works.indices.filter { works[$0].outcome.error == nil }
        try await pass(indices, &works, slots, progress)
        // One clean second try of what was damaged on its way.
        let damaged = indices.filter { works[$0].isDamaged }
        for index in damaged { works[index].outcome.error = nil }
        try await pass(damaged, &works, slots, nil)
    }

    /// Asks for URLs, sends and confirms some of the files.
    private func pass(
        _ indices: [Int], _ works: inout [Work], _ slots: UploadSlots, _ progress: LatestReport<BulkUploadProgress>?
    ) async throws {
        guard !indices.isEmpty else { return }
        let grants: [Grant?]
        do {
            grants = try await self.grants(for: indices.map { works[$0].outcome }, lasting: options.expiration)
        } catch let error as ClientError {
            for index in indices { works[index].outcome.error = error }
            return
        }
        let jobs = zip(indices, grants).map { (work: works[$0], grant: $1) }
        let done = try await mapConcurrently(jobs, limit: options.maximumConcurrency) { _, job in
            var work = job.work
            do {
                guard let grant = job.grant else { throw Self.leftOut(work.outcome.path, "no address for") }
                try await send(&work, grant, slots)
                progress?.change { [byteCount = work.outcome.byteCount] progress in
                    progress.finishedFileCount += 1
                    progress.sentByteCount += byteCount
                }
            } catch let error as ClientError {
                work.outcome.error = error
            }
            return work
        }
        for (index, work) in zip(indices, done) { works[index] = work }
        try await confirm(indices, &works)
    }

    /// The grants in the order of the files; `nil` for a file that the answer leaves out.
    private func grants(for files: [BulkUploadFile], lasting: Duration) async throws -> [Grant?] {
        let deadline = client.clock.now().advanced(by: lasting - min(lasting / 10, .seconds(30)))
        let request = PresignedUploadRequest(
            files: files.map { file in
                let name = FileSource.name(ofPath: file.path)
                return .init(filename: name, size: file.byteCount, contentType: MediaType.guess(name))
            }, expiration: Int(lasting.components.seconds))
        let answer = try await outage.persistently(atMost: 0) {
            try await PassingPages(client: client).waitOut { try await client.requestPresignedUpload(request) }
        }.get()
        var seen: Set<String> = []
        var next = answer.files[...]
        let isWhole = answer.oddCount == 0 && answer.files.count == files.count
        return request.files.map { file in
            // A short answer names its files: those in between are the ones that it leaves out.
            guard let entry = next.first, isWhole || entry.filename == file.filename else { return nil }
            next.removeFirst()
            guard seen.insert(entry.fileKey).inserted else { return nil }
            return Grant(file: entry, deadline: deadline)
        }
    }

    private func send(_ work: inout Work, _ first: Grant, _ slots: UploadSlots) async throws {
        let source = try FileSource(path: work.outcome.path)
        guard source.identity == work.identity else { throw source.changed() }
        let transfer = PresignedTransfer(
            client: client, source: source, attempts: options.attempts, slots: slots, outage: storageOutage)
        // Hashing goes on beside the sending; both read the same pages.
        async let hashing = FileDigests.compute(source)
        var grant = first
        do {
            let parts = try await self.transfer(transfer, renewing: &grant, of: work.outcome)
            let digests = try await hashing
            try source.checkUnchanged()
            work.outcome.sha1 = digests.sha1
            work.outcome.md5 = digests.md5
            work.sent = PresignedConfirmation.File(
                fileKey: grant.file.fileKey, checksum: digests.sha1, size: source.byteCount, multipart: parts)
        } catch {
            await transfer.abort(grant.file.multipart)
            throw error
        }
    }

    /// Sends a file, with another grant each time that one expires.
    private func transfer(
        _ transfer: PresignedTransfer, renewing grant: inout Grant, of file: BulkUploadFile
    ) async throws -> PresignedConfirmation.Multipart? {
        var renewals = 0
        while true {
            do {
                return try await self.transfer(transfer, grant)
            } catch let expired as PresignedTransfer.Expired {
                guard renewals < Self.renewals else { throw expired.error }
                renewals += 1
                // What did not come through in its time gets the longest there is.
                guard let renewed = try await grants(for: [file], lasting: .seconds(86_400)).first, let renewed else {
                    throw Self.leftOut(file.path, "no new address for")
                }
                await transfer.abort(grant.file.multipart)
                grant = renewed
            }
        }
    }

    private func transfer(
        _ transfer: PresignedTransfer, _ grant: Grant
    ) async throws -> PresignedConfirmation.Multipart? {
        guard client.clock.now() < grant.deadline else {
            throw PresignedTransfer.Expired(
                error: ClientError(.uploadInterrupted, "the signed URL expired before the file's turn came"))
        }
        if let url = grant.file.presignedURL {
            let type = MediaType.guess(transfer.source.name)
            _ = try await transfer.sendWhole(to: url, contentType: type)
            return nil
        }
        guard let multipart = grant.file.multipart else { throw Self.leftOut(transfer.source.path, "no address for") }
        return PresignedConfirmation.Multipart(
            uploadID: multipart.uploadID, parts: try await transfer.sendParts(multipart))
    }

    private func confirm(_ indices: [Int], _ works: inout [Work]) async throws {
        let sent = indices.filter { works[$0].sent != nil && works[$0].outcome.error == nil }
        guard !sent.isEmpty else { return }
        let answer: PresignedConfirmationAnswer
        do {
            let confirmation = PresignedConfirmation(files: sent.compactMap { works[$0].sent })
            answer = try await outage.persistently(atMost: 0) {
                try await PassingPages(client: client).waitOut {
                    try await client.confirmPresignedUpload(confirmation)
                }
            }.get()
        } catch let error as ClientError {
            // They were tried, and sent: the reason is the server's.
            for index in sent { works[index].outcome.error = error.code == .notTried ? outage.stoppedBy : error }
            return
        }
        let results = Dictionary(answer.results.map { ($0.fileKey, $0) }) { first, _ in first }
        for index in sent {
            let path = works[index].outcome.path
            guard let result = works[index].sent.flatMap({ results[$0.fileKey] }) else {
                works[index].outcome.error = Self.leftOut(path, "no confirmation of")
                continue
            }
            works[index].outcome.dataFile = result.dataFile
            works[index].outcome.isNew = result.isNew
            guard !result.isSuccess else { continue }
            let reason = result.error?.lowercased() ?? ""
            let isDamaged = reason.contains("checksum") || reason.contains("digest")
            works[index].outcome.error = Self.refused(path, result.error, isDamaged: isDamaged)
            works[index].isDamaged = isDamaged
        }
    }

    private static func leftOut(_ path: String, _ what: String) -> ClientError {
        failure(
            .unexpectedShape, path,
            "the server's answer holds \(what) \(FileSource.name(ofPath: path)); upload it again")
    }

    private static func refused(_ path: String, _ reason: String?, isDamaged: Bool) -> ClientError {
        let reason = reason.map { ErrorText.oneLine($0, limit: 200) } ?? "it gave no reason"
        return failure(
            isDamaged ? .checksumMismatch : .validationFailed, path,
            "the server did not take \(FileSource.name(ofPath: path)): \(reason)")
    }

    private static func failure(_ code: ClientError.Code, _ path: String, _ message: String) -> ClientError {
        var context = ClientError.Context()
        context.operation = "uploadFilesBulk"
        context.file = path
        return ClientError(code, message, delivery: .answered, context: context)
    }
}
