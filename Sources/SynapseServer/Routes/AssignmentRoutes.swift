import HTTPTypes
import SynapseModels

/// The routes under `assignments/` and `sdk/assignments/`.
enum AssignmentRoutes {
    static func add(to table: inout RouteTable) {
        for path in ["assignments", "sdk/assignments"] { table.on(.get, path, list) }
        table.on(.get, "sdk/assignments/data", listData)
        table.on(.get, "sdk/assignments/files", listFiles)
        table.on(.get, "assignments/{id}") { scope in
            let id = try scope.identifier()
            let wanted = FieldSelection(scope.query)
            let relations = Relations(scope.query)
            let repository = AssignmentRepository(tenant: scope.identity.tenantID)
            return try await scope.database.read { db in
                let record = try repository.existing(db, id)
                let expansion = try repository.expansion(db, [record], relations, wanted)
                return Answer { record.write(to: &$0, wanted, scope.links, expansion) }
            }
        }
        AssignmentWrites.add(to: &table)
    }

    private static let list: RouteTable.Handler = { scope in
        let wanted = FieldSelection(scope.query)
        let relations = Relations(scope.query)
        let delivery = try DataDelivery(scope)
        let repository = AssignmentRepository(tenant: scope.identity.tenantID)
        return try await ListReader(AssignmentRepository.definition, scope).answer { db, rows, writer in
            let records = try repository.withTags(db, rows.map(AssignmentRecord.init))
            let expansion = try repository.expansion(db, records, relations, wanted)
            for record in records {
                writer.element { record.write(to: &$0, wanted, scope.links, expansion, delivery) }
            }
        }
    }

    private static let listData: RouteTable.Handler = { scope in
        try await PartialLists.data(
            AssignmentRepository.definition.reading("assignment.id, assignment.data"), of: .assignment, scope)
    }

    private static let listFiles: RouteTable.Handler = { scope in
        let columns = "assignment.id, (SELECT data_unit_id FROM task WHERE task.id = assignment.task_id)"
        return try await PartialLists.files(AssignmentRepository.definition.reading(columns), scope)
    }
}
