import GRDB
import HTTPTypes
import Hummingbird
import SynapseModels

/// The routes under `data_files/`.
enum DataFileRoutes {
    private static let maximumChecksumCount = 100_000

    static func add(to table: inout RouteTable) {
        table.on(.get, "data_files") { scope in
            let wanted = FieldSelection(scope.query)
            return try await ListReader(DataFileRepository.definition, scope).answer { _, rows, writer in
                for row in rows { writer.element { DataFileRecord(row: row).write(to: &$0, wanted, scope.links) } }
            }
        }
        table.on(.post, "data_files") { scope in
            if MultipartReceiver.isMultipart(scope.request.headers) { return try await createFromFile(scope) }
            return try await createFromUpload(scope)
        }
        table.on(.get, "data_files/{id}") { scope in
            let id = try scope.identifier()
            let wanted = FieldSelection(scope.query)
            let repository = DataFileRepository(tenant: scope.identity.tenantID)
            return try await scope.database.read { db in
                let record = try repository.existing(db, id)
                return Answer { record.write(to: &$0, wanted, scope.links) }
            }
        }
        table.on(.post, "data_files/verify_checksums") { scope in
            let body = try await scope.readJSON()
            guard let checksums = try? body.object().read("checksums", as: [String].self) else {
                throw APIError.field("checksums", "A list of checksums is required.")
            }
            guard checksums.count <= maximumChecksumCount else {
                throw APIError.field("checksums", "At most \(maximumChecksumCount) checksums in one request.")
            }
            let existing = try await existing(checksums, scope)
            return Answer { $0.object { $0.member("existing_checksums", existing) } }
        }
    }

    /// Which of some MD5 or SHA-1 digests data files have, as they were asked.
    ///
    /// Content whose bytes are gone or cut is not there: whoever has the file sends it again, which repairs it.
    private static func existing(_ checksums: [String], _ scope: RequestScope) async throws -> [String] {
        let repository = DataFileRepository(tenant: scope.identity.tenantID)
        let found = try await scope.database.read { db in
            try checksums.compactMap { checksum in
                try repository.find(db, checksum: checksum).map { (checksum: checksum, content: $0) }
            }
        }
        let files = scope.services.files
        return try await files.run {
            try found.filter { try files.isWhole($0.content.name, byteCount: $0.content.byteCount) }.map(\.checksum)
        }
    }

    /// One request that brings the bytes: streamed to a temporary file, hashed on the way, then named by a row.
    private static func createFromFile(_ scope: RequestScope) async throws -> Answer {
        let files = scope.services.files
        let incoming = files.makeIncomingFile()
        let name = LocalFileStore.makeName()
        do {
            let received = try await MultipartReceiver.receive(
                scope.request, files: files, limit: scope.limits.fileByteCount, into: incoming)
            guard let head = received.file else { throw APIError.field("file", "No file was submitted.") }
            let meta = try meta(received.field("meta"))
            let tail = received.tail
            let digests = try await files.run {
                try incoming.append(tail)
                let digests = try incoming.finish()
                try files.adopt(incoming.path, as: name)
                return digests
            }
            var fingerprint = scope.fingerprint()
            for field in received.fields { fingerprint.add("\(field.name)=\(field.value)") }
            fingerprint.add(head.filename ?? "")
            fingerprint.add("\(digests.md5) \(digests.sha1) \(digests.byteCount)")
            let original = Filename.base(head.filename ?? "")
            return try await commit(scope, fingerprint, name, digests, original, head.contentType, meta)
        } catch {
            // What a failure leaves behind is surplus; the start-up sweep would find it too.
            await files.cleanUp { incoming.discard() }
            await scope.services.removeUnlessNamed(name)
            throw error
        }
    }

    private static func commit(
        _ scope: RequestScope, _ fingerprint: RequestFingerprint, _ name: String, _ digests: ContentDigests,
        _ original: String, _ contentType: String?, _ meta: String?
    ) async throws -> Answer {
        let files = scope.services.files
        let tenant = scope.identity.tenantID
        let outcome = NamingOutcome()
        let answer = try await scope.write(fingerprint).commit(changing: [TableChange(table: .dataFile)]) { db in
            let adoption = try StoredFileRepository(tenant: tenant).adopt(db, name: name, digests, in: files)
            let record = try DataFileRepository(tenant: tenant).create(
                db, storedFile: adoption.id, originalName: original, contentType: contentType, meta: meta)
            outcome.note(adoption.isNew)
            return Answer(status: .created) { record.write(to: &$0, .all, scope.links) }
        }
        if !outcome.isNamed { await scope.services.removeUnlessNamed(name) }
        return answer
    }

    private static func createFromUpload(_ scope: RequestScope) async throws -> Answer {
        let body = try await scope.readJSON()
        let row = try body.object()
        guard let upload = row["chunked_upload"], let id = try? ChunkedUpload.ID(reading: upload) else {
            throw APIError.field("chunked_upload", "This field is required, or a file.")
        }
        let uploadID = id.rawValue.lowercased()
        var reader = FieldReader(row)
        let meta = reader.object("meta", fallback: "{}")
        let identity = scope.identity
        return try await scope.write(body.fingerprint).commit(changing: [TableChange(table: .dataFile)]) { db in
            let uploads = ChunkedUploadRepository(tenant: identity.tenantID, user: identity.userID)
            guard let record = try uploads.find(db, uploadID) else {
                throw APIError.field("chunked_upload", APIError.unknownKeyText(id.rawValue))
            }
            guard let storedFile = record.storedFile else {
                throw APIError.field("chunked_upload", "The upload is not complete.")
            }
            let file = try DataFileRepository(tenant: identity.tenantID).create(
                db, storedFile: storedFile, originalName: record.filename, contentType: nil, meta: meta)
            return Answer(status: .created) { file.write(to: &$0, .all, scope.links) }
        }
    }

    private static func meta(_ text: String?) throws(APIError) -> String? {
        guard let text else { return nil }
        guard let raw = try? RawJSON(parsing: Array(text.utf8), limits: .request) else {
            throw APIError.field("meta", "Value must be valid JSON.")
        }
        guard raw.isObject || raw.isNull else { throw APIError.field("meta", "Value must be an object.") }
        return raw.isNull ? nil : raw.description
    }
}
