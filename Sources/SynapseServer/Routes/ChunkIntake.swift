import GRDB
import HTTPTypes
import Hummingbird
import NIOCore
import SynapseModels

/// Takes one chunk in: checks where it belongs, stores it, and counts it only when it is whole and on the disk.
struct ChunkIntake: Sendable {
    let scope: RequestScope
    let id: String
    let isNew: Bool

    private var files: LocalFileStore { scope.services.files }
    private var assembler: ChunkAssembler { scope.services.assembler }
    private var lifetime: Duration { scope.services.configuration.uploadLifetime }

    func run() async throws -> Answer {
        let keyText = try scope.idempotencyKeyText()
        if let keyText, let saved = try await replay(keyText) { return saved }
        let range = try range()
        if !isNew {
            let record = try await scope.database.read { [scope, id] db in try scope.uploads.existing(db, id) }
            if try isRepeated(range, record) { return try await compare(range, record) }
        } else if range.start != 0 {
            throw Self.wrongOffset(expected: 0, provided: range.start)
        }
        return try await store(range, isKeyed: keyText != nil)
    }

    private func range() throws(APIError) -> ContentRange {
        guard let range = ContentRange(scope.request.headers[.contentRange]) else {
            throw APIError(.badRequest, "Error in request headers")
        }
        guard range.end <= range.total else {
            throw APIError(.badRequest, "End of chunk exceeds reported total (\(range.end) > \(range.total))")
        }
        guard range.total <= scope.limits.uploadByteCount else {
            throw APIError(.badRequest, "Size of file exceeds the limit (\(scope.limits.uploadByteCount) bytes)")
        }
        guard range.end - range.start <= Int64(scope.limits.chunkByteCount) else {
            throw APIError.tooLarge(limit: scope.limits.chunkByteCount)
        }
        return range
    }

    /// Checks where the chunk belongs; tells whether it is where the one stands that was stored last.
    private func isRepeated(_ range: ContentRange, _ record: ChunkedUploadRecord) throws(APIError) -> Bool {
        if record.completed != nil {
            throw APIError(.badRequest, "Upload has already been marked as \"complete\"")
        }
        guard range.total == record.total else {
            throw APIError(
                .badRequest, "Total of chunk differs from that of the upload (\(range.total) ≠ \(record.total))")
        }
        if range.start == record.offset { return false }
        if range.start == record.lastStart, range.end == record.offset { return true }
        throw Self.wrongOffset(expected: record.offset, provided: range.start)
    }

    /// Answers the upload when the chunk that was stored last came once more; other bytes in its place are refused.
    private func compare(_ range: ContentRange, _ record: ChunkedUploadRecord) async throws -> Answer {
        let sink = try await files.run { [assembler, id] in try assembler.comparison(id, at: range.start) }
        let received = try await MultipartReceiver.receive(
            scope.request, files: files, limit: Int64(scope.limits.chunkByteCount), into: sink)
        let tail = received.tail
        try await files.run { try sink.append(tail) }
        guard received.fileByteCount == range.end - range.start, sink.isEqual else {
            throw Self.wrongOffset(expected: record.offset, provided: range.start)
        }
        return Answer { record.write(to: &$0, scope.links) }
    }

    private func store(_ range: ContentRange, isKeyed: Bool) async throws -> Answer {
        let sink = try await files.run { [assembler, id] in try assembler.begin(id, at: range.start) }
        let answer: Answer
        do {
            let keyed = KeyedSink(sink, isKeyed: isKeyed)
            let received = try await receiveWhileWanted(range, into: keyed)
            try await settle(received, range, keyed)
            answer = try await count(range, received, keyed)
        } catch {
            await undo(range, sink)
            throw error
        }
        // The chunk counts from here on: what fails now may not take its bytes away again.
        await files.cleanUp { [assembler, id, isNew, answer] in
            if isNew, answer.isReplayed { assembler.discard(id) } else { try? assembler.commit(id, sink) }
        }
        return answer
    }

    /// Takes the chunk's bytes away, unless the row says that they count: a failure may also come after the commit.
    private func undo(_ range: ContentRange, _ sink: ChunkSink) async {
        let (database, tenant) = (scope.database, scope.identity.tenantID)
        await files.cleanUp { [assembler, id, isNew] in
            let known = Result { try database.pool.read { try ChunkedUploadRepository.offset($0, id, tenant: tenant) } }
            guard case .success(let offset) = known else { return }
            if isNew, offset == nil { assembler.discard(id) }
            if !isNew, offset == range.start { sink.undo() }
        }
    }

    /// Receives the chunk, and gives way when it has stalled and another request waits for the upload.
    ///
    /// A client whose connection broke unseen comes back on a new one: it should not wait until the old one is found
    /// to be dead.
    private func receiveWhileWanted(
        _ range: ContentRange, into sink: KeyedSink
    ) async throws -> MultipartReceiver.Received {
        if isNew { return try await receive(range, into: sink, ByteCount()) }
        return try await withThrowingTaskGroup(of: MultipartReceiver.Received?.self) { group in
            let count = ByteCount()
            group.addTask { try await receive(range, into: sink, count) }
            group.addTask {
                try await waitUntilStalled(count)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let received = first else {
                throw APIError(.conflict, "A newer request has taken the upload over.")
            }
            return received
        }
    }

    /// Returns when others have waited for the upload for two seconds in which nothing came.
    private func waitUntilStalled(_ count: ByteCount) async throws {
        var stalledCount = 0
        var known = count.value
        while stalledCount < 2 {
            try await Task.sleep(for: .seconds(1))
            let isStalled = count.value == known && assembler.locks.isAwaited(id)
            stalledCount = isStalled ? stalledCount + 1 : 0
            known = count.value
        }
    }

    private func receive(
        _ range: ContentRange, into sink: KeyedSink, _ count: ByteCount
    ) async throws -> MultipartReceiver.Received {
        if range.total == 0, !MultipartReceiver.isMultipart(scope.request.headers) { return .init() }
        guard MultipartReceiver.isMultipart(scope.request.headers) else {
            throw APIError(.badRequest, "No chunk file was submitted")
        }
        return try await MultipartReceiver.receive(
            scope.request, files: files, limit: Int64(scope.limits.chunkByteCount), into: sink, count: count)
    }

    /// Checks that the whole chunk came, and brings it to the disk.
    private func settle(
        _ received: MultipartReceiver.Received, _ range: ContentRange, _ sink: KeyedSink
    ) async throws {
        guard range.total > 0 || received.file != nil else { return }
        guard received.file != nil else { throw APIError(.badRequest, "No chunk file was submitted") }
        let wanted = range.end - range.start
        guard received.fileByteCount == wanted else {
            throw APIError(
                .badRequest,
                "File size doesn't match headers: file size is \(received.fileByteCount) but \(wanted) reported")
        }
        let tail = received.tail
        try await files.run {
            try sink.append(tail)
            try sink.synchronize()
        }
    }

    private func count(
        _ range: ContentRange, _ received: MultipartReceiver.Received, _ sink: KeyedSink
    ) async throws -> Answer {
        let filename = Filename.base(received.field("filename") ?? received.file?.filename ?? "")
        return try await scope.write(fingerprint(sink)).commit { [scope, id, isNew, lifetime] db in
            let record =
                isNew
                ? try scope.uploads.create(
                    db, id: id, filename: filename, total: range.total, offset: range.end, lifetime: lifetime)
                : try scope.uploads.advance(db, id, from: range.start, to: range.end, lifetime: lifetime)
            return Answer { record.write(to: &$0, scope.links) }
        }
    }

    private func fingerprint(_ sink: KeyedSink) -> RequestFingerprint {
        var fingerprint = scope.fingerprint()
        fingerprint.add(scope.request.headers[.contentRange] ?? "")
        fingerprint.add(sink.digest)
        return fingerprint
    }

    /// The answer that was saved for the key, after the body has been read to see that it is the same.
    ///
    /// The offset would refuse the repeated chunk before its bytes are known, so a keyed chunk is looked up first.
    private func replay(_ key: String) async throws -> Answer? {
        let tenant = scope.identity.tenantID
        let isKnown = try await scope.database.read { db in
            try IdempotencyKey.isKnown(db, key, tenant: tenant)
        }
        guard isKnown else { return nil }
        let sink = KeyedSink(nil, isKeyed: true)
        if MultipartReceiver.isMultipart(scope.request.headers) {
            let received = try await MultipartReceiver.receive(
                scope.request, files: files, limit: Int64(scope.limits.chunkByteCount), into: sink)
            let tail = received.tail
            try await files.run { try sink.append(tail) }
        }
        let full = IdempotencyKey(text: key, fingerprint: fingerprint(sink).finalize())
        let saved = try await scope.database.read { db in try full.savedAnswer(db, tenant: tenant) }
        // The answer has expired meanwhile, and the body is used up: the next attempt is a new request.
        guard let saved else { throw APIError.busy }
        return saved
    }

    private static func wrongOffset(expected: Int64, provided: Int64) -> APIError {
        APIError(
            .badRequest, "Offsets do not match",
            extra: [("expected_offset", .integer(expected)), ("provided_offset", .integer(provided))])
    }
}
