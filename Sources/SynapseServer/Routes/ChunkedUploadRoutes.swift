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
                try await scope.services.files.run { assembler.discard(id) }
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

/// Random UUIDs, version 4.
enum UUIDText {
    /// Whether a name is of the form that files of chunked uploads have.
    static func isPartName(_ name: String) -> Bool {
        guard name.hasSuffix(".part") else { return false }
        let groups = name.dropLast(5).split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.allSatisfy { Hexadecimal.isText($0, digitCount: $0.utf8.count) }
    }

    static func make() -> String {
        var digits = Array(Hexadecimal.random(byteCount: 16))
        digits[12] = "4"
        digits[16] = ["8", "9", "a", "b"].randomElement() ?? "8"
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }
}
