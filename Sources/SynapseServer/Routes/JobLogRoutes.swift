import HTTPTypes
import NIOCore
import SynapseModels
import Synchronization

/// The routes under `logs/`.
enum JobLogRoutes {
    static func add(to table: inout RouteTable) {
        table.on(.get, "logs") { scope in
            let wanted = FieldSelection(scope.query)
            return try await ListReader(JobLogRepository.definition, scope).answer { _, rows, writer in
                for row in rows { writer.element { JobLogRecord(row: row).write(to: &$0, wanted, scope.links) } }
            }
        }
        table.on(.post, "logs", create)
    }

    private static let create: RouteTable.Handler = { scope in
        let body = try await scope.readJSON()
        let form = try JobLogForm(body.raw, maximum: scope.limits.batchRowCount)
        let repository = JobLogRepository(tenant: scope.identity.tenantID)
        let files = scope.services.files
        var names: [Int: String] = [:]
        for (index, entry) in form.entries.enumerated() where entry.file != nil {
            names[index] = LocalFileStore.makeName()
        }
        let named = NamedContents()
        do {
            let contents = try await store(form.entries, as: names, in: files)
            let answer = try await scope.write(body.fingerprint).commit(changing: [TableChange(table: .jobLog)]) { db in
                let records = try repository.create(db, form.entries, contents, in: files) { named.note($0) }
                return Answer(status: .created, reserving: records.count * 256) { writer in
                    guard form.isList else {
                        for record in records { record.write(to: &writer, .all, scope.links) }
                        return
                    }
                    writer.array { writer in
                        for record in records { writer.element { record.write(to: &$0, .all, scope.links) } }
                    }
                }
            }
            for name in names.values where !named.contains(name) { await scope.services.removeUnlessNamed(name) }
            return answer
        } catch {
            // What a failure leaves behind is surplus; the start-up sweep would find it too.
            for name in names.values { await scope.services.removeUnlessNamed(name) }
            if let errors = error as? RowErrors { throw form.error(errors) }
            throw error
        }
    }

    /// Puts the content of entries on the disk before a row may name it.
    private static func store(
        _ entries: [JobLogValues], as names: [Int: String], in files: LocalFileStore
    ) async throws -> [Int: StoredContent] {
        var contents: [Int: StoredContent] = [:]
        for (index, entry) in entries.enumerated() {
            guard let file = entry.file, let name = names[index] else { continue }
            let incoming = files.makeIncomingFile()
            contents[index] = try await files.run {
                do {
                    try incoming.append(ByteBuffer(bytes: file.bytes))
                    let digests = try incoming.finish()
                    try files.adopt(incoming.path, as: name)
                    return StoredContent(name: name, originalName: file.filename(entry.event), digests: digests)
                } catch {
                    incoming.discard()
                    throw error
                }
            }
        }
        return contents
    }
}

/// The contents that rows came to name.
private final class NamedContents: Sendable {
    private let names = Mutex<Set<String>>([])

    func contains(_ name: String) -> Bool { names.withLock { $0.contains(name) } }

    func note(_ name: String) { names.withLock { _ = $0.insert(name) } }
}
