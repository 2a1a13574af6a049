import HTTPTypes
import Hummingbird
import NIOCore
import SynapseModels

/// The routes under `chunked_upload/`.
///
/// Source: docs/wire-protocol.md, "Chunked upload".
enum ChunkedUploadRoutes {
    static func add(to table: inout RouteTable) {
        table.on(.put, "chunked_upload") { scope in
            try await ChunkIntake(scope: scope, id: UUIDText.make(), isNew: true).run()
        }
        table.on(.put, "chunked_upload/{id}") { scope in
            let id = try scope.textIdentifier().lowercased()
            return try await scope.services.assembler.locks.withLock(id) {
                try await ChunkIntake(scope: scope, id: id, isNew: false).run()
            }
        }
        table.on(.post, "chunked_upload") { scope in
            try await UploadCompletion(scope: scope).createWhole()
        }
        table.on(.post, "chunked_upload/{id}") { scope in
            let id = try scope.textIdentifier().lowercased()
            return try await scope.services.assembler.locks.withLock(id) {
                try await UploadCompletion(scope: scope).finalize(id)
            }
        }
        table.on(.get, "chunked_upload") { scope in try await ChunkedUploadList(scope: scope).answer() }
        table.on(.get, "chunked_upload/{id}") { scope in
            let id = try scope.textIdentifier().lowercased()
            return try await scope.database.read { db in
                let record = try scope.uploads.existing(db, id)
                return Answer { record.write(to: &$0, scope.links) }
            }
        }
        table.on(.delete, "chunked_upload/{id}") { scope in
            let id = try scope.textIdentifier().lowercased()
            return try await scope.services.assembler.locks.withLock(id) {
                let answer = try await scope.write(scope.fingerprint()).commit { db in
                    try scope.uploads.delete(db, id)
                    return .noContent
                }
                let assembler = scope.services.assembler
                await scope.services.files.cleanUp { assembler.discard(id) }
                return answer
            }
        }
    }
}

extension RequestScope {
    var uploads: ChunkedUploadRepository {
        ChunkedUploadRepository(tenant: identity.tenantID, user: identity.userID)
    }
}
