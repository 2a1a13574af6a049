import GRDB
import SynapseModels

/// Lists that carry one thing of each row: its annotation data, or the files of its unit.
///
/// Source: docs/wire-protocol.md, "Data and files alone".
enum PartialLists {
    /// The rows of a list with their data alone; the definition reads identifier and data.
    static func data(
        _ definition: ListDefinition, of kind: DataOwner.Kind, _ scope: RequestScope
    ) async throws -> Answer {
        let wanted = FieldSelection(scope.query)
        let delivery = try DataDelivery(scope)
        return try await ListReader(definition, scope).answer { _, rows, writer in
            for row in rows {
                let id: Int64 = row[0]
                writer.element { writer in
                    writer.object { writer in
                        writer.member("id", wanted, id)
                        writer.data(wanted, row[1], of: DataOwner(kind, id), delivery)
                    }
                }
            }
        }
    }

    /// The rows of a list with their unit's files alone; the definition reads identifier and unit.
    static func files(_ definition: ListDefinition, _ scope: RequestScope) async throws -> Answer {
        let wanted = FieldSelection(scope.query)
        let repository = DataUnitRepository(tenant: scope.identity.tenantID)
        return try await ListReader(definition, scope).answer { db, rows, writer in
            let units = try repository.find(db, Set(rows.map { $0[1] as Int64 }))
            for row in rows {
                writer.element { writer in
                    writer.object { writer in
                        writer.member("id", wanted, row[0] as Int64)
                        if wanted.contains("files") { writer.files(units[row[1]]?.files ?? [], scope.links) }
                    }
                }
            }
        }
    }
}
