import GRDB
import HTTPTypes
import Hummingbird
import SynapseModels

/// The routes under `plugin_releases/`.
///
/// Source: docs/wire-protocol.md, "Plugin releases".
enum PluginReleaseRoutes {
    static func add(to table: inout RouteTable) {
        table.on(.get, "plugin_releases") { scope in
            let wanted = FieldSelection(scope.query)
            let expands = scope.query.list("expand").contains("plugin")
            let plugins = PluginRepository(tenant: scope.identity.tenantID)
            return try await ListReader(PluginReleaseRepository.definition, scope).answer { db, rows, writer in
                let records = rows.map(PluginReleaseRecord.init)
                let found = try plugins.find(db, expands ? Set(records.map(\.plugin)) : [])
                for record in records {
                    writer.element { record.write(to: &$0, wanted, scope.links, plugin: found[record.plugin]) }
                }
            }
        }
        table.on(.post, "plugin_releases") { scope in
            guard MultipartReceiver.isMultipart(scope.request.headers) else {
                let body = try await scope.readJSON()
                return try await commit(scope, body.fingerprint, try PluginReleaseForm(body.object()), nil)
            }
            return try await createFromForm(scope)
        }
        table.on(.get, "plugin_releases/{id}") { scope in
            let lookup = try scope.textIdentifier()
            let wanted = FieldSelection(scope.query)
            let expands = scope.query.list("expand").contains("plugin")
            let tenant = scope.identity.tenantID
            return try await scope.database.read { db in
                let record = try PluginReleaseRepository(tenant: tenant).existing(db, lookup: lookup)
                let plugin = try PluginRepository(tenant: tenant).find(db, expands ? [record.plugin] : [])[
                    record.plugin]
                return Answer { record.write(to: &$0, wanted, scope.links, plugin: plugin) }
            }
        }
    }

    /// An archive under its final name that no row holds yet.
    private struct Archive: Sendable {
        let name: String
        let digests: ContentDigests
        let originalName: String
    }

    /// One request that brings the archive: streamed to a temporary file, hashed on the way, then named by a row.
    private static func createFromForm(_ scope: RequestScope) async throws -> Answer {
        let files = scope.services.files
        let incoming = files.makeIncomingFile()
        let name = LocalFileStore.makeName()
        do {
            let received = try await MultipartReceiver.receive(
                scope.request, files: files, limit: scope.limits.fileByteCount, into: incoming)
            let form = try PluginReleaseForm(try PluginReleaseForm.fields.row(received))
            var fingerprint = scope.fingerprint()
            for field in received.fields { fingerprint.add("\(field.name)=\(field.value)") }
            guard let head = received.file else {
                await files.cleanUp { incoming.discard() }
                return try await commit(scope, fingerprint, form, nil)
            }
            guard received.fileByteCount > 0 else { throw APIError.field("file", "The submitted file is empty.") }
            let tail = received.tail
            let digests = try await files.run {
                try incoming.append(tail)
                let digests = try incoming.finish()
                try PluginArchive.check(incoming.path)
                try files.adopt(incoming.path, as: name)
                return digests
            }
            fingerprint.add(head.filename ?? "")
            fingerprint.add("\(digests.md5) \(digests.sha1) \(digests.byteCount)")
            let archive = Archive(
                name: name, digests: digests, originalName: Filename.base(head.filename ?? "plugin.zip"))
            return try await commit(scope, fingerprint, form, archive)
        } catch {
            // What a failure leaves behind is surplus; the start-up sweep would find it too.
            await files.cleanUp { incoming.discard() }
            await scope.services.removeUnlessNamed(name)
            throw error
        }
    }

    private static func commit(
        _ scope: RequestScope, _ fingerprint: RequestFingerprint, _ form: PluginReleaseForm, _ archive: Archive?
    ) async throws -> Answer {
        let files = scope.services.files
        let identity = scope.identity
        let tenant = identity.tenantID
        let outcome = NamingOutcome()
        let changes = [
            TableChange(table: .plugin, changedExisting: true),
            TableChange(table: .pluginRelease, changedExisting: true),
        ]
        let answer = try await scope.write(fingerprint).commit(changing: changes) { db in
            let plugin = try form.findOrMakePlugin(db, PluginRepository(tenant: tenant))
            var file: (id: Int64, originalName: String)?
            if let archive {
                let adoption = try StoredFileRepository(tenant: tenant).adopt(
                    db, name: archive.name, archive.digests, in: files)
                outcome.note(adoption.isNew)
                file = (adoption.id, archive.originalName)
            }
            let (record, isNew) = try PluginReleaseRepository(tenant: tenant).create(
                db, plugin: plugin, author: identity.userID, form.values, file: file)
            return Answer(status: isNew ? .created : .ok) { record.write(to: &$0, .all, scope.links) }
        }
        if let archive, !outcome.isNamed { await scope.services.removeUnlessNamed(archive.name) }
        return answer
    }
}
