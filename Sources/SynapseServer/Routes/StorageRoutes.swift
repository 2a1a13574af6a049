import GRDB
import HTTPTypes
import SynapseModels

/// The routes under `storages/`.
///
/// Secrets of a configuration leave the server where they are asked for by name: with `with_configuration`, and in a
/// session. Answers that hold them are not kept under idempotency keys.
/// Source: docs/wire-protocol.md, "Storages".
enum StorageRoutes {
    static func add(to table: inout RouteTable) {
        table.on(.get, "storages") { scope in
            let wanted = FieldSelection(scope.query)
            let folder = try folder(scope)
            return try await ListReader(StorageRepository.definition, scope).answer { _, rows, writer in
                for row in rows {
                    writer.element { StorageRecord(row: row).write(to: &$0, wanted, .withoutSecrets, folder: folder) }
                }
            }
        }
        table.on(.post, "storages") { scope in
            let body = try await scope.readJSON()
            let fields = try StorageForm.fields(body.object(), over: nil)
            let folder = try folder(scope)
            let repository = StorageRepository(tenant: scope.identity.tenantID)
            let change = TableChange(table: .storage, changedExisting: fields.isDefault)
            return try await scope.write(body.fingerprint).commit(changing: [change]) { db in
                let record = try repository.create(db, fields)
                return Answer(status: .created) { record.write(to: &$0, .all, .withoutSecrets, folder: folder) }
            }
        }
        table.on(.get, "storages/{id}") { scope in
            let id = try scope.identifier()
            let wanted = FieldSelection(scope.query)
            let shown = try shown(scope.query)
            let record = try await read(scope, id)
            let folder = try await openFolder(scope, record, shown)
            return Answer { record.write(to: &$0, wanted, shown, folder: folder) }
        }
        table.on(.patch, "storages/{id}") { scope in
            let id = try scope.identifier()
            let body = try await scope.readJSON()
            let row = try body.object()
            let folder = try folder(scope)
            let repository = StorageRepository(tenant: scope.identity.tenantID)
            let change = TableChange(table: .storage, changedExisting: true)
            return try await scope.write(body.fingerprint).commit(changing: [change]) { db in
                let old = try repository.existing(db, id)
                let record = try repository.update(db, id, try StorageForm.fields(row, over: old.values))
                return Answer { record.write(to: &$0, .all, .withoutSecrets, folder: folder) }
            }
        }
        table.on(.post, "storages/{id}/session") { scope in
            let id = try scope.identifier()
            let body = try await scope.readJSON()
            var reader = FieldReader(try body.object())
            let record = try await read(scope, id)
            _ = reader.word("purpose", fallback: "read", of: StoragePurpose.known.map(\.rawValue))
            try reader.errors.throwIfAny()
            let expires = try StorageAccess.check(record)
            let folder = try await openFolder(scope, record, .whole)
            return Answer { writer in
                writer.object { writer in
                    writer.member("provider", record.values.provider)
                    writer.member("configuration", JSONValue.object(record.configuration(.whole, folder: folder)))
                    writer.member("expires_at", expires)
                    writer.member("contract_version", StorageSession.supportedContractVersion)
                }
            }
        }
    }

    private static func read(_ scope: RequestScope, _ id: Int64) async throws -> StorageRecord {
        let repository = StorageRepository(tenant: scope.identity.tenantID)
        return try await scope.database.read { db in try repository.existing(db, id) }
    }

    private static func shown(_ query: QueryParameters) throws(APIError) -> StorageRecord.Shown {
        guard let text = query["with_configuration"] else { return .withoutSecrets }
        guard let isAsked = QueryParameters.boolean(text) else {
            throw APIError.field("with_configuration", "Must be a valid boolean.")
        }
        return isAsked ? .whole : .withoutSecrets
    }

    /// Where the storage is that the tenant was born with.
    private static func folder(_ scope: RequestScope) throws -> String {
        try scope.services.files.directory.storageFolder(tenant: scope.identity.tenantID)
    }

    /// The same folder, made when somebody is about to use it.
    private static func openFolder(
        _ scope: RequestScope, _ record: StorageRecord, _ shown: StorageRecord.Shown
    ) async throws -> String {
        let folder = try folder(scope)
        if case .whole = shown, record.isBornWith {
            try await scope.services.files.run { try FileSystem.makeDirectories(folder) }
        }
        return folder
    }
}
