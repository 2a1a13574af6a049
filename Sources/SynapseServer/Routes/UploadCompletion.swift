import GRDB
import HTTPTypes
import Hummingbird
import NIOCore
import SynapseModels

/// Turns received bytes into stored content once their MD5 is confirmed.
struct UploadCompletion: Sendable {
    private static let emptyMD5 = "d41d8cd98f00b204e9800998ecf8427e"

    let scope: RequestScope

    private var files: LocalFileStore { scope.services.files }
    private var assembler: ChunkAssembler { scope.services.assembler }

    /// Completes an upload.
    ///
    /// The same digest again answers the completed upload again.
    /// The bytes get their final name as a second link: a crash before the row is written leaves the upload as it was.
    func finalize(_ id: String) async throws -> Answer {
        let (md5, fingerprint) = try await readMD5()
        let record = try await scope.database.read { [scope] db in try scope.uploads.existing(db, id) }
        if record.completed != nil {
            guard record.md5 == md5 else {
                throw APIError(.badRequest, "Upload has already been marked as \"complete\"")
            }
            return Answer { record.write(to: &$0, scope.links) }
        }
        guard record.offset == record.total else {
            throw APIError(
                .badRequest, "Upload is not complete: \(record.offset) of \(record.total) bytes are stored",
                extra: [("expected_offset", .integer(record.offset))])
        }
        let name = LocalFileStore.makeName()
        let digests = try await files.run { [assembler, files] in
            do {
                let digests = try assembler.digests(id, byteCount: record.total)
                guard digests.md5 == md5 else { throw Self.wrongMD5 }
                try files.link(files.uploadPath(id), as: name)
                return digests
            } catch let error as SystemError where error.isMissing {
                throw APIError.uploadExpired
            }
        }
        let answer = try await commit(fingerprint, name, digests) { [scope] db, storedFile in
            try scope.uploads.complete(db, id, storedFile: storedFile)
        }
        await files.cleanUp { [assembler] in assembler.discard(id) }
        return answer
    }

    /// A whole upload in one request: a file with its digest, or the digest of nothing.
    func createWhole() async throws -> Answer {
        guard MultipartReceiver.isMultipart(scope.request.headers) else {
            let (md5, fingerprint) = try await readMD5()
            guard md5 == Self.emptyMD5 else { throw APIError(.badRequest, "No chunk file was submitted") }
            return try await complete(files.makeIncomingFile(), "file", md5, fingerprint)
        }
        let incoming = files.makeIncomingFile()
        do {
            let received = try await MultipartReceiver.receive(
                scope.request, files: files, limit: scope.limits.fileByteCount, into: incoming)
            guard let head = received.file else { throw APIError(.badRequest, "No chunk file was submitted") }
            guard let md5 = received.field("md5")?.lowercased() else { throw Self.missingMD5 }
            let tail = received.tail
            try await files.run { try incoming.append(tail) }
            var fingerprint = scope.fingerprint()
            for field in received.fields { fingerprint.add("\(field.name)=\(field.value)") }
            fingerprint.add(md5)
            let filename = Filename.base(received.field("filename") ?? head.filename ?? "")
            return try await complete(incoming, filename, md5, fingerprint)
        } catch {
            await files.cleanUp { incoming.discard() }
            throw error
        }
    }

    private func complete(
        _ incoming: IncomingFile, _ filename: String, _ md5: String, _ fingerprint: RequestFingerprint
    ) async throws -> Answer {
        let name = LocalFileStore.makeName()
        let digests = try await files.run { [files] in
            let digests = try incoming.finish()
            guard digests.md5 == md5 else {
                incoming.discard()
                throw Self.wrongMD5
            }
            try files.adopt(incoming.path, as: name)
            return digests
        }
        let lifetime = scope.services.configuration.uploadLifetime
        return try await commit(fingerprint, name, digests) { [scope] db, storedFile in
            let id = UUIDText.make()
            _ = try scope.uploads.create(
                db, id: id, filename: filename, total: digests.byteCount, offset: digests.byteCount, lifetime: lifetime)
            return try scope.uploads.complete(db, id, storedFile: storedFile)
        }
    }

    private func commit(
        _ fingerprint: RequestFingerprint, _ name: String, _ digests: ContentDigests,
        _ body: @escaping @Sendable (Database, Int64) throws -> ChunkedUploadRecord
    ) async throws -> Answer {
        let outcome = NamingOutcome()
        do {
            let answer = try await scope.write(fingerprint).commit { [scope, files] db in
                let adoption = try StoredFileRepository(tenant: scope.identity.tenantID).adopt(
                    db, name: name, digests, in: files)
                let record = try body(db, adoption.id)
                outcome.note(adoption.isNew)
                return Answer { record.write(to: &$0, scope.links) }
            }
            if !outcome.isNamed { await scope.services.removeUnlessNamed(name) }
            return answer
        } catch {
            await scope.services.removeUnlessNamed(name)
            throw error
        }
    }

    private func readMD5() async throws -> (String, RequestFingerprint) {
        let body = try await scope.readJSON()
        guard let md5 = try? body.object().read("md5", as: String.self), !md5.isEmpty else { throw Self.missingMD5 }
        return (md5.lowercased(), body.fingerprint)
    }

    private static var wrongMD5: APIError { APIError(.badRequest, "md5 checksum does not match") }
    private static var missingMD5: APIError { APIError(.badRequest, "Checksum of type 'md5' is required") }
}
