import GRDB
import HTTPTypes
import SynapseModels
import Synchronization

/// Makes data files of what came by signed URLs, each one for itself: a file that is not right does not spoil the others.
///
/// Saying it again answers the same. Digest and size must be those that the client computed; bytes that fail stay, so
/// that sending a part again can repair them.
struct PresignedConfirmation: Sendable {
    private struct Entry: Sendable {
        let fileKey: String
        let checksum: String
        let byteCount: Int64?
        let uploadID: String?
        let parts: [(number: Int, etag: String)]?
    }

    private enum Prepared: Sendable {
        /// Content under its final name, which no row holds yet.
        case ready(id: String, name: String, ContentDigests)
        case failed(String)
        /// It was confirmed before.
        case done
    }

    private struct Result: Sendable {
        var dataFile: Int64?
        var isNew = false
        var error: String?
    }

    let scope: RequestScope

    private var files: LocalFileStore { scope.services.files }

    func confirm() async throws -> Answer {
        let body = try await scope.readJSON()
        let entries = try Self.entries(body.object(), limit: scope.limits.batchRowCount)
        // A client that lost the answer asks again while the parts are still being put together: it waits for that.
        let names = entries.map(\.fileKey).joined(separator: "\n")
        return try await scope.services.assembler.locks.withLock("confirm \(names)") {
            try await confirm(entries, body.fingerprint)
        }
    }

    private func confirm(_ entries: [Entry], _ fingerprint: RequestFingerprint) async throws -> Answer {
        var prepared: [Prepared] = []
        do {
            for entry in entries { prepared.append(try await prepare(entry)) }
            let outcome = ConfirmationOutcome()
            let answer = try await commit(entries, prepared, fingerprint, outcome)
            let (named, pieces) = outcome.notes
            for name in Self.names(prepared) where !named.contains(name) {
                await scope.services.removeUnlessNamed(name)
            }
            await files.cleanUp { [files] in files.removePieces(pieces) }
            return answer
        } catch {
            for name in Self.names(prepared) { await scope.services.removeUnlessNamed(name) }
            throw error
        }
    }

    private static func names(_ prepared: [Prepared]) -> [String] {
        prepared.compactMap { if case .ready(_, let name, _) = $0 { name } else { nil } }
    }

    private func prepare(_ entry: Entry) async throws -> Prepared {
        let tenant = scope.identity.tenantID
        let found: (record: PresignedUploadRecord, pieces: [PresignedPiece])? = try await scope.database.read { db in
            let repository = PresignedUploadRepository()
            guard let record = try repository.find(db, fileKey: entry.fileKey, tenant: tenant) else { return nil }
            return (record, try repository.pieces(db, of: record.id))
        }
        guard let (record, pieces) = found else {
            return .failed("There is no upload of this file_key, or its time is over.")
        }
        if record.dataFile != nil { return .done }
        if let fault = Self.fault(entry, record, pieces) { return .failed(fault) }
        let name = LocalFileStore.makeName()
        let digests: ContentDigests
        do {
            digests = try await files.run { [files] in try files.assemble(pieces, as: name) }
        } catch let error as SystemError where error.isMissing {
            // Another confirmation may have been faster; the transaction tells.
            return .failed("The bytes of the upload are gone; send the file again.")
        }
        let isRight = [digests.sha1, digests.md5].contains(entry.checksum.lowercased())
        guard isRight else {
            await files.cleanUp { [files] in files.remove(name) }
            return .failed("The checksum is not that of the bytes that came.")
        }
        return .ready(id: record.id, name: name, digests)
    }

    private static func fault(
        _ entry: Entry, _ record: PresignedUploadRecord, _ pieces: [PresignedPiece]
    ) -> String? {
        if let byteCount = entry.byteCount, byteCount != record.total {
            return "\(record.total) bytes were announced, not \(byteCount)."
        }
        let present = Set(pieces.map(\.number))
        guard let missing = record.pieceNumbers.first(where: { !present.contains($0) })
        else { return partFault(entry, record, pieces) }
        return missing == 0 ? "The file was not uploaded." : "Part \(missing) was not uploaded."
    }

    private static func partFault(
        _ entry: Entry, _ record: PresignedUploadRecord, _ pieces: [PresignedPiece]
    ) -> String? {
        guard record.partByteCount != nil else { return nil }
        if let id = entry.uploadID, id != record.id { return "The upload_id is of another upload." }
        guard let parts = entry.parts else { return nil }
        guard parts.map(\.number) == pieces.map(\.number) else {
            return "The list of parts must name parts 1 to \(pieces.count) in order."
        }
        let wrong = zip(parts, pieces).first { $0.etag.filter { $0 != "\"" }.lowercased() != $1.digests.md5 }
        return wrong.map { "The ETag of part \($0.0.number) is not that of the bytes that came." }
    }

    private func commit(
        _ entries: [Entry], _ prepared: [Prepared], _ fingerprint: RequestFingerprint, _ outcome: ConfirmationOutcome
    ) async throws -> Answer {
        let change = TableChange(table: .dataFile)
        return try await scope.write(fingerprint).commit(changing: [change]) { [scope, files] db in
            let repository = PresignedUploadRepository()
            let tenant = scope.identity.tenantID
            let results = try zip(entries, prepared).map { entry, prepared -> Result in
                let record = try repository.find(db, fileKey: entry.fileKey, tenant: tenant)
                if let record, let file = record.dataFile { return Result(dataFile: file, isNew: record.isNew) }
                guard let record, case .ready(_, let name, let digests) = prepared else {
                    if case .failed(let error) = prepared { return Result(error: error) }
                    return Result(error: "The upload is gone; send the file again.")
                }
                let adoption = try StoredFileRepository(tenant: tenant).adopt(db, name: name, digests, in: files)
                let data = DataFileRepository(tenant: tenant)
                let isNew = try data.find(db, storedFile: adoption.id) == nil
                let file = try data.create(
                    db, storedFile: adoption.id, originalName: record.filename, contentType: record.contentType,
                    meta: nil)
                let pieces = try repository.complete(db, record.id, dataFile: file.id, isNew: isNew)
                outcome.note(named: adoption.isNew ? name : nil, pieces: pieces)
                return Result(dataFile: file.id, isNew: isNew)
            }
            return Answer { Self.write(zip(entries, results), to: &$0) }
        }
    }

    private static func write(_ pairs: Zip2Sequence<[Entry], [Result]>, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("results") { writer in
                writer.array { writer in
                    for (entry, result) in pairs {
                        writer.element { writer in
                            writer.object { writer in
                                writer.member("file_key", entry.fileKey)
                                writer.member("checksum", entry.checksum)
                                writer.member("data_file_id", result.dataFile)
                                writer.member("success", result.error == nil)
                                writer.member("created", result.isNew)
                                writer.member("error", result.error)
                            }
                        }
                    }
                }
            }
            writer.member("created_count", pairs.reduce(0) { $0 + ($1.1.error == nil ? 1 : 0) })
            writer.member("failed_count", pairs.reduce(0) { $0 + ($1.1.error == nil ? 0 : 1) })
        }
    }

    private static func entries(_ row: JSONRow, limit: Int) throws(APIError) -> [Entry] {
        guard let rows = try? row.read("files", as: [RawJSON].self) else {
            throw APIError.field("files", "A list of files is required.")
        }
        guard (1...limit).contains(rows.count) else {
            throw APIError.field("files", "1 to \(limit) files are taken at once, not \(rows.count).")
        }
        var entries: [Entry] = []
        for (index, raw) in rows.enumerated() {
            do {
                let row = try raw.row()
                let multipart = try row.readIfPresent("multipart", as: RawJSON.self)?.row()
                entries.append(
                    Entry(
                        fileKey: try row.read("file_key"), checksum: try row.read("checksum"),
                        byteCount: try row.readIfPresent("size"),
                        uploadID: try multipart?.readIfPresent("upload_id"),
                        parts: try multipart.map { (multipart) throws(JSONError) in try Self.parts(multipart) }))
            } catch {
                throw APIError.field("files", "Item \(index): \(error)")
            }
        }
        return entries
    }

    private static func parts(_ multipart: JSONRow) throws(JSONError) -> [(number: Int, etag: String)] {
        var parts: [(number: Int, etag: String)] = []
        for raw in try multipart.read("parts", as: [RawJSON].self) {
            let row = try raw.row()
            parts.append((try row.read("part_number"), try row.read("etag")))
        }
        return parts
    }
}

/// What a confirmation's transaction did, for the clean-up after it.
private final class ConfirmationOutcome: Sendable {
    private let state = Mutex<(named: Set<String>, pieces: [String])>(([], []))

    var notes: (named: Set<String>, pieces: [String]) { state.withLock { $0 } }

    func note(named: String?, pieces: [String]) {
        state.withLock { state in
            if let named { state.named.insert(named) }
            state.pieces += pieces
        }
    }
}
