import GRDB
import HTTPTypes
import Hummingbird
import NIOCore
import SynapseModels

/// The three lists under `sdk/ground_truth_events/`.
enum GroundTruthEventRoutes {
    static func add(to table: inout RouteTable) {
        for path in ["sdk/ground_truth_events", "ground_truth_events"] {
            table.on(.get, path) { scope in
                let links = scope.links
                let delivery = try DataDelivery(scope)
                return try await list(scope, filesIn: ["files", "files_manifest", "data_unit"]) {
                    $0.writeEvent(to: &$1, $2, links, $3, delivery)
                }
            }
            table.on(.get, path + "/data") { scope in
                let delivery = try DataDelivery(scope)
                return try await list(scope, filesIn: []) { record, writer, wanted, _ in
                    record.writeEventData(to: &writer, wanted, delivery)
                }
            }
            table.on(.get, path + "/files") { scope in
                let links = scope.links
                return try await list(scope, filesIn: ["files"]) {
                    $0.writeEventFiles(to: &$1, $2, links, $3)
                }
            }
        }
    }

    private static func list(
        _ scope: RequestScope, filesIn fields: [String],
        _ write:
            @escaping @Sendable (
                GroundTruthRecord, inout JSONWriter, FieldSelection, GroundTruthRecord.Expansion
            ) -> Void
    ) async throws -> Answer {
        let wanted = FieldSelection(scope.query)
        let expand = Set(scope.query.list("expand"))
        let repository = GroundTruthRepository(tenant: scope.identity.tenantID)
        let readsFiles = fields.contains(where: wanted.contains)
        return try await ListReader(GroundTruthRepository.events, scope).answer { db, rows, writer in
            let records = rows.map(GroundTruthRecord.init)
            let expansion = try repository.expansion(db, records, expand, needsFiles: readsFiles)
            for record in records { writer.element { write(record, &$0, wanted, expansion) } }
        }
    }
}

/// The data of an event as a file, behind a signed link.
enum GroundTruthDataRoutes {
    static func add(to table: inout RouteTable) {
        table.onOpen(.get, "media/ground_truth_events/{id}/{filename}") { scope in
            guard scope.parameters.count == 2, let id = Int64(scope.parameters[0]) else { throw APIError.notFound }
            guard
                scope.services.signer.isValid(
                    name: linkName(id), filename: scope.parameters[1], expires: scope.query["expires"] ?? "",
                    signature: scope.query["signature"] ?? "")
            else { throw APIError(.forbidden, "The link is not valid or has expired.") }
            let found = try await scope.services.database.read { db in
                try Row.fetchOne(
                    db, sql: "SELECT data, data_sha256 FROM ground_truth_event WHERE id = ?", arguments: [id]
                ).map { (data: $0[0] as String, digest: $0[1] as String) }
            }
            guard let found else { throw APIError.notFound }
            var headers = HTTPFields()
            headers[.contentType] = "application/json"
            headers[.contentTypeOptions] = "nosniff"
            // An event never changes.
            headers[.eTag] = "\"\(found.digest)\""
            headers[.cacheControl] = "private, max-age=21600, immutable"
            headers[.contentDisposition] = MediaRoutes.disposition(scope.parameters[1])
            return Response(
                status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: found.data)))
        }
    }

    /// What is signed, and stands in the path, for an event.
    static func linkName(_ event: Int64) -> String { "ground_truth_events/\(event)" }
}
