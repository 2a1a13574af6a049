package import SynapseModels

/// Decides what a chunked upload does next.
///
/// Pure: no I/O, no clock.
///
/// The server's offset wins. After any failure that leaves open what was stored, the server is asked before anything is
/// sent again, so that no acknowledged byte goes out twice and none is left out.
/// Source: docs/wire-protocol.md, "Chunked upload".
package struct UploadStateMachine: Sendable {
    /// What the driver is to do.
    ///
    /// It reports back with one of the `handle` methods.
    package enum Action: Sendable, Hashable {
        /// Send this range; `nil` begins a new upload.
        case send(Range<Int64>, upload: Upload?)
        /// Ask for the state of the upload.
        case ask(Upload)
        /// Compare the acknowledged part of the file with what an earlier run remembered of it.
        case verify
        /// Say that all chunks are there.
        case finalize(Upload)
        /// Wait, then ask for the next action.
        case pause(afterFailures: Int)
        /// Forget the upload and all that was hashed, then ask for the next action.
        case startOver(StartOver, abandoned: Upload?)
        /// The upload is complete.
        case finish
    }

    /// Why an upload begins again at the first byte.
    package enum StartOver: Sendable, Hashable {
        /// The server does not know the upload any more.
        case expired
        /// The server has other bytes than were sent.
        case damaged
        /// The file is not what an earlier run sent the beginning of.
        case sourceChanged
    }

    /// What names an upload.
    package struct Upload: Sendable, Hashable {
        package var id: ChunkedUpload.ID
        package var url: String

        package init(id: ChunkedUpload.ID, url: String) {
            self.id = id
            self.url = url
        }
    }

    /// How long failures are put up with.
    package struct Limits: Sendable, Hashable {
        /// Tries where nothing shows that a server is there, or where it fails by itself.
        package var attempts: Int
        /// Time without progress once a server was there.
        package var patience: Duration

        package init(attempts: Int, patience: Duration) {
            self.attempts = max(1, attempts)
            self.patience = patience
        }
    }

    /// What a server may be expected to digest in a second when it has to read a file again.
    private static let digestedByteCount: Int64 = 64 << 20

    /// How long a server may take that has to read so many bytes before it answers.
    package static func readingTime(of byteCount: Int64) -> Duration { .seconds(byteCount / digestedByteCount) }

    private enum Phase: Hashable {
        case sending
        case asking
        /// An upload of an earlier run was found.
        case verifying(stored: Int64, isComplete: Bool)
        case finalizing
        /// The answer to the end was lost, or the server is still at it.
        case confirming(asked: Int)
        case finished
    }

    /// How often a lost end is looked for before it is sent again.
    private static let asksBeforeRepeat = 3
    private let byteCount: Int64
    private let chunkByteCount: Int64
    private let limits: Limits
    private var phase = Phase.sending
    /// What names the upload on the server, once it has answered.
    package private(set) var upload: Upload?
    /// Bytes that the server has acknowledged.
    package private(set) var offset: Int64 = 0
    /// The most that it ever acknowledged.
    private var reached: Int64 = 0
    /// What a server that answers without going on does, since the last progress.
    package private(set) var stall: String?
    /// How often the server fell back to fewer bytes since it had more than ever.
    private var fallBacks = 0
    /// Failures since the last progress.
    private var failures = 0
    /// Those among them that time does not mend.
    private var quickFailures = 0
    /// Whether a server was there.
    private var hasContact = false
    /// Whether this is the upload of an earlier run, of which nothing is known yet.
    private var isResuming: Bool
    private var pauses = false
    private var expirations = 0
    private var damages = 0
    private var startOver: Action?

    /// - Parameters:
    ///   - byteCount: Bytes of the file, at least 1.
    ///   - chunkByteCount: Bytes of a chunk, at least 1.
    ///   - limits: How long failures are put up with.
    ///   - resuming: The upload of an earlier run to go on with.
    package init(byteCount: Int64, chunkByteCount: Int64, limits: Limits, resuming: Upload? = nil) {
        self.byteCount = byteCount
        self.chunkByteCount = max(1, chunkByteCount)
        self.limits = limits
        upload = resuming
        isResuming = resuming != nil
        if resuming != nil { phase = .asking }
    }

    package mutating func nextAction() -> Action {
        if let action = startOver {
            startOver = nil
            return action
        }
        if pauses {
            pauses = false
            return .pause(afterFailures: max(failures, 1))
        }
        switch (phase, upload) {
        case (.finished, _): return .finish
        case (.verifying, _): return .verify
        case (.asking, let upload?), (.confirming, let upload?): return .ask(upload)
        case (.finalizing, let upload?): return .finalize(upload)
        default:
            if offset >= byteCount, let upload {
                phase = .finalizing
                return .finalize(upload)
            }
            return .send(offset..<offset + min(chunkByteCount, byteCount - offset), upload: upload)
        }
    }

    /// Takes the server's state: the answer to a chunk, to a question, or to the end.
    ///
    /// - Parameters:
    ///   - state: The state.
    ///   - trouble: How long ago the first failure since the last progress was.
    /// - Throws: ``ClientError`` coded `unexpectedShape` when the offset cannot be, or `uploadInterrupted` when the server
    ///   answers again and again without going on.
    package mutating func handle(state: ChunkedUpload, after trouble: Duration = .zero) throws(ClientError) {
        hasContact = true
        let stored = Int64(state.offset)
        guard (0...byteCount).contains(stored) || state.isComplete else {
            if isResuming { return begin(.damaged) }
            throw ClientError(
                .unexpectedShape, "the server reports \(stored) stored bytes of a file of \(byteCount)",
                delivery: .answered
            )
        }
        upload = Upload(id: state.id, url: state.url)
        if isResuming {
            isResuming = false
            phase = .verifying(stored: state.isComplete ? byteCount : stored, isComplete: state.isComplete)
            return
        }
        if state.isComplete {
            offset = byteCount
            phase = .finished
            return
        }
        switch phase {
        case .finalizing:
            // Taken, but not done: large files are verified after the answer.
            phase = .confirming(asked: 0)
            pauses = true
        case .confirming(let asked):
            if stored < byteCount {
                fallBacks += 1
                try count(stall: "the server had all bytes and reports \(stored)", trouble, isQuick: true)
                advance(to: stored)
                phase = .sending
            } else {
                try count(stall: "the server has all bytes and does not complete the upload", trouble, isQuick: false)
                phase = asked + 1 >= Self.asksBeforeRepeat ? .finalizing : .confirming(asked: asked + 1)
            }
        case .sending where stored <= offset:
            if stored < offset { fallBacks += 1 }
            try count(stall: "the server answers, but has no more than \(stored) bytes", trouble, isQuick: true)
            advance(to: stored)
        default:
            advance(to: stored)
            phase = .sending
        }
    }

    /// Takes the outcome of comparing the file with what was remembered of it.
    package mutating func handle(isUnchanged: Bool) {
        guard case .verifying(let stored, let isComplete) = phase else { return }
        guard isUnchanged else { return begin(.sourceChanged) }
        advance(to: stored)
        phase = isComplete ? .finished : .sending
    }

    /// Takes a failure.
    ///
    /// - Parameters:
    ///   - error: The failure.
    ///   - trouble: How long ago the first failure since the last progress was.
    /// - Throws: The failure, when it ends the upload.
    package mutating func handle(failure error: ClientError, after trouble: Duration = .zero) throws(ClientError) {
        let isFromBetween = error.isFromBetween
        if Self.showsContact(error) { hasContact = true }
        if case .answered = error.delivery, let expected = Self.expectedOffset(error), phase == .sending {
            // The server says where it is. It counts as a failure, so that two that never agree come to an end.
            quickFailures += 1
            if expected < offset { fallBacks += 1 }
            try count(error, trouble)
            let isRepeated = failures > 1
            offset = min(expected, byteCount)
            noteReached()
            pauses = isRepeated
            return
        }
        if error.code == .checksumMismatch { return try takeDamage(error) }
        if phase == .finalizing, error.code == .validationFailed, !isFromBetween {
            guard !Self.saysComplete(error) else {
                phase = .confirming(asked: 0)
                return
            }
            guard Self.saysChecksum(error) else { throw error }
            return try takeDamage(error.asChecksumMismatch())
        }
        if error.saysGone, error.code == .gone || upload != nil {
            if !isResuming {
                expirations += 1
                guard expirations == 1 else { throw error }
            }
            return begin(.expired)
        }
        guard isFromBetween || Self.isPassing(error) else { throw error }
        if !hasContact || error.isFaultOfServer { quickFailures += 1 }
        try count(error, trouble)
        switch phase {
        case .finalizing: phase = .confirming(asked: 0)
        case .confirming, .asking: break
        default: phase = upload == nil ? .sending : .asking
        }
    }

    /// One clean second try of the whole file.
    private mutating func takeDamage(_ error: ClientError) throws(ClientError) {
        damages += 1
        guard damages == 1 else { throw error }
        begin(.damaged)
    }

    /// Gives up the upload of an earlier run before anything was asked.
    package mutating func abandon(_ reason: StartOver) { begin(reason) }

    /// Whether something failed since the last progress that is tried again.
    package var isInTrouble: Bool { failures > 0 && startOver == nil }

    /// Whether the number of tries, and not a time, ends what is in trouble.
    package var countsTries: Bool { quickFailures > 0 }

    private mutating func begin(_ reason: StartOver) {
        startOver = .startOver(reason, abandoned: upload)
        isResuming = false
        upload = nil
        (offset, reached, fallBacks) = (0, 0, 0)
        phase = .sending
        pauses = false
        forgetTrouble()
    }

    /// Ends the upload when a server that is not there or fails by itself was tried often enough, or when everything
    /// else took too long.
    private mutating func count(
        _ error: ClientError, _ trouble: Duration, patience: Duration? = nil
    ) throws(ClientError) {
        failures += 1
        pauses = true
        let isLost = max(quickFailures, fallBacks) >= limits.attempts
        guard isLost || (failures >= limits.attempts && trouble >= patience ?? self.patience) else { return }
        var error = error
        error.message =
            "the upload stopped at byte \(offset) of \(byteCount): \(error.message); upload the file again to go on"
        error.code = .uploadInterrupted
        throw error
    }

    /// Counts an answer that is none of failure and none of progress.
    private mutating func count(stall: String, _ trouble: Duration, isQuick: Bool) throws(ClientError) {
        self.stall = stall
        if isQuick { quickFailures += 1 }
        // A server at work is waited for, however few the attempts.
        try count(
            ClientError(.uploadInterrupted, stall, delivery: .answered), trouble,
            patience: isQuick ? nil : longPatience)
    }

    /// One attempt means one attempt; at the end the server may have to read the whole file.
    private var patience: Duration {
        guard limits.attempts > 1 else { return .zero }
        switch phase {
        case .finalizing, .confirming: return longPatience
        default: return limits.patience
        }
    }

    private var longPatience: Duration { limits.patience + Self.readingTime(of: byteCount) }

    private mutating func advance(to stored: Int64) {
        // Bytes that are sent once more are progress too; that they do not go round for ever is seen to by `fallBacks`.
        if stored > offset { forgetTrouble() }
        offset = stored
        noteReached()
    }

    private mutating func noteReached() {
        guard offset > reached else { return }
        (reached, fallBacks) = (offset, 0)
        forgetTrouble()
    }

    private mutating func forgetTrouble() {
        (failures, quickFailures, stall) = (0, 0, nil)
    }

    /// Whether a server was there: a proxy that has no way to it says so by its status, any other page says nothing.
    private static func showsContact(_ error: ClientError) -> Bool {
        switch error.delivery {
        case .local, .notSent: false
        case .unknown: true
        case .answered: !error.isFromBetween || [502, 503, 504].contains(error.context.status)
        }
    }

    /// Whether trying again can help.
    private static func isPassing(_ error: ClientError) -> Bool {
        switch error.delivery {
        case .local: return false
        case .notSent: return error.code != .tlsFailed
        case .unknown: return true
        case .answered:
            let status = error.context.status ?? 0
            return status == 408 || status == 409 || status == 429 || (500...599).contains(status)
        }
    }

    /// Older servers call the field `offset`.
    private static func expectedOffset(_ error: ClientError) -> Int64? {
        guard error.context.status == 400, let body = error.context.responseBody,
            let value = try? JSONValue(parsing: body)
        else { return nil }
        let offset = value["expected_offset"] ?? value["offset"]
        return (offset?.integerValue ?? offset?.arrayValue?.first?.integerValue).flatMap { $0 >= 0 ? $0 : nil }
    }

    private static func saysComplete(_ error: ClientError) -> Bool {
        error.response?.lowercased().contains("complete") ?? false
    }

    private static func saysChecksum(_ error: ClientError) -> Bool {
        let text = error.response?.lowercased() ?? ""
        return (text.contains("checksum") || text.contains("md5")) && text.contains("match")
    }
}

extension ClientError {
    fileprivate func asChecksumMismatch() -> ClientError {
        var copy = self
        copy.code = .checksumMismatch
        copy.message = "what the server stored is not what was sent: the digests differ; upload the file again"
        return copy
    }
}
