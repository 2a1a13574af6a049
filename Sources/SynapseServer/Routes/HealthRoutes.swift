import GRDB
import HTTPTypes
import SynapseModels

/// `GET /health` for programs that watch the server.
enum HealthRoutes {
    static func add(to table: inout RouteTable) {
        table.onOpen(.get, "health") { scope in
            guard scope.services.database.isInPlace else { throw APIError.storeRemoved }
            _ = try await scope.services.database.read { try Int.fetchOne($0, sql: "SELECT 1") }
            let sweep = scope.services.status.lastSweep
            return Answer { writer in
                writer.object { writer in
                    writer.member("status", "ok")
                    writer.member("missing_files", sweep.missingFileCount)
                }
            }.response
        }
    }
}
