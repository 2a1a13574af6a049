import SynapseModels

/// One run of a chunked upload: asks the ``UploadStateMachine``, performs the action, reports back.
package struct UploadDrive {
    private let uploader: ChunkedUploader
    private let journal: UploadJournal
    private let digest: DigestAhead
    private let meter: UploadMeter
    /// What an earlier run left, as long as it may be of use.
    private var kept: UploadCheckpoint?
    private var machine: UploadStateMachine
    private var last: ChunkedUpload?
    private var lastFailure: ClientError?
    /// When the first failure since the last progress was.
    private var troubled: ContinuousClock.Instant?
    /// The longest part of the file whose digest is known, and that digest.
    private var checked: (Int64, String) = (0, "")

    private var client: BackendClient { uploader.client }
    private var source: FileSource { uploader.source }

    package init(uploader: ChunkedUploader, journal: UploadJournal, digest: DigestAhead) {
        self.uploader = uploader
        self.journal = journal
        self.digest = digest
        meter = UploadMeter(uploader.source, uploader.onProgress)
        let kept = journal.load()
        self.kept = kept
        let retry = uploader.client.configuration.retry
        machine = UploadStateMachine(
            byteCount: uploader.source.byteCount, chunkByteCount: uploader.chunkByteCount,
            limits: .init(attempts: retry.attempts, patience: retry.uploadPatience),
            resuming: kept.map { .init(id: $0.uploadID, url: $0.uploadURL) })
    }

    /// Uploads the file.
    package mutating func run() async throws -> UploadedFile {
        if let kept, !kept.describes(source.identity) { machine.abandon(.sourceChanged) }
        while true {
            let action = machine.nextAction()
            do {
                if let uploaded = try await perform(action) { return uploaded }
            } catch let error as ClientError {
                try await take(error)
            }
        }
    }

    private mutating func perform(_ action: UploadStateMachine.Action) async throws -> UploadedFile? {
        switch action {
        case .send(let range, let upload):
            try source.checkUnchanged()
            try await take(try await send(range, upload))
        case .ask(let upload):
            try await take(try await uploader.requestState(upload))
        case .verify:
            machine.handle(isUnchanged: try await isUnchanged())
            if machine.offset > 0 { try await goOn() }
        case .finalize(let upload):
            try source.checkUnchanged()
            let state = try await uploader.requestEnd(upload, checksum: try await wholeDigest(), after: last)
            try await take(state)
        case .pause(let failures):
            try await pause(failures)
        case .startOver(let reason, let abandoned):
            try await startOver(reason, abandoned)
        case .finish:
            try source.checkUnchanged()
            return try await finish()
        }
        return nil
    }

    private func send(
        _ range: Range<Int64>, _ upload: UploadStateMachine.Upload?
    ) async throws -> ChunkedUpload {
        digest.beginSending(range)
        defer { digest.endSending() }
        return try await uploader.requestChunk(range, upload, digest: digest) { [meter] count, end in
            meter.sent(count, to: end)
        }
    }

    /// Takes the server's state, and remembers it before anything else is sent.
    private mutating func take(_ state: ChunkedUpload) async throws {
        let now = client.clock.now()
        let isFirst = machine.stall == nil
        try machine.handle(state: state, after: (troubled ?? now).duration(to: now))
        last = state
        if !machine.isInTrouble {
            (troubled, lastFailure) = (nil, nil)
        } else if let stall = machine.stall {
            troubled = troubled ?? now
            if isFirst { uploader.notify(.retrying, offset: machine.offset, message: "\(stall); trying again") }
        }
        guard machine.offset > 0, let upload = machine.upload else { return }
        try await note(machine.offset, upload)
        meter.acknowledged(machine.offset)
    }

    private mutating func note(_ offset: Int64, _ upload: UploadStateMachine.Upload) async throws {
        if let text = try await digest.digest(at: offset) {
            checked = (offset, text)
        } else if checked.0 > offset {
            checked = (0, "")
        }
        journal.save(upload, chunk: uploader.chunkByteCount, offset: offset, checked: checked)
    }

    private mutating func take(_ error: ClientError) async throws {
        lastFailure = error
        let now = client.clock.now()
        let isFirst = troubled == nil
        if isFirst { troubled = now }
        do {
            try machine.handle(failure: error, after: (troubled ?? now).duration(to: now))
        } catch {
            if error.code == .checksumMismatch { journal.clear() }
            throw error.filling(uploader.fileContext)
        }
        if isFirst, machine.isInTrouble {
            let patience = client.configuration.retry.uploadPatience
            let limit = machine.countsTries ? "" : " for \(patience.components.seconds) seconds"
            // What the error advises is what is being done.
            let advice = ": try again"
            let what = error.message.hasSuffix(advice) ? error.message.dropLast(advice.count) : error.message[...]
            uploader.notify(.retrying, offset: machine.offset, message: "\(what); trying again\(limit)")
        }
    }

    /// Reads the part again that an earlier run had uploaded.
    private mutating func isUnchanged() async throws -> Bool {
        guard let kept, kept.checkedByteCount > 0 else { return true }
        guard let text = try await digest.digest(at: kept.checkedByteCount), text == kept.checksum else { return false }
        checked = (kept.checkedByteCount, text)
        return true
    }

    private mutating func goOn() async throws {
        meter.resumed(at: machine.offset)
        meter.acknowledged(machine.offset)
        uploader.notify(
            .resumed, offset: machine.offset, message: "going on at \(machine.offset) of \(source.byteCount) bytes")
        kept = nil
        guard let upload = machine.upload else { return }
        try await note(machine.offset, upload)
    }

    private mutating func startOver(
        _ reason: UploadStateMachine.StartOver, _ abandoned: UploadStateMachine.Upload?
    ) async throws {
        kept = nil
        last = nil
        troubled = nil
        checked = (0, "")
        journal.clear()
        digest.startOver()
        meter.startedOver()
        uploader.notify(reason.code, offset: 0, message: reason.message)
        if reason != .expired, let abandoned { try await uploader.requestRemoval(abandoned) }
    }

    private func pause(_ failures: Int) async throws {
        let failure = lastFailure ?? ClientError(.connectionLost, "")
        let pause = RetryPause.pause(
            afterAttempt: failures, error: failure, policy: client.configuration.retry, jitter: client.jitter)
        try await client.clock.sleep(pause)
    }

    private func wholeDigest() async throws -> String {
        guard let text = try await digest.digest(at: source.byteCount) else {
            throw ClientError(.uploadInterrupted, "the file was not read to its end", context: uploader.fileContext)
        }
        return text
    }

    private func finish() async throws -> UploadedFile {
        guard let upload = last else {
            throw ClientError(.uploadInterrupted, "the upload ended without an answer", context: uploader.fileContext)
        }
        let checksum = try await wholeDigest()
        if let theirs = upload.checksum, theirs.utf8.count == 32, theirs.lowercased() != checksum {
            throw mismatch("the server reports another digest than the file has")
        }
        if let size = upload.size, Int64(size) != source.byteCount {
            throw mismatch("the server reports \(size) bytes, the file has \(source.byteCount)")
        }
        return UploadedFile(upload: upload, checksum: checksum, byteCount: source.byteCount)
    }

    private func mismatch(_ what: String) -> ClientError {
        var context = uploader.fileContext
        context.operation = "createChunkedUpload"
        return ClientError(.checksumMismatch, "\(what); upload it again", delivery: .answered, context: context)
    }
}

extension UploadStateMachine.StartOver {
    fileprivate var code: UploadNotice.Code {
        switch self {
        case .expired: .uploadExpired
        case .damaged: .damaged
        case .sourceChanged: .sourceChanged
        }
    }

    fileprivate var message: String {
        switch self {
        case .expired: "the server does not know the upload any more; the file is sent from its beginning"
        case .damaged: "what the server stored is not what the file has; the file is sent from its beginning, once more"
        case .sourceChanged: "the file has changed since a part of it was uploaded; it is sent from its beginning"
        }
    }
}
