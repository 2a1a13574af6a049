import HTTPTypes
import SynapseModels

/// The routes under `task_tags/`.
enum TaskTagRoutes {
    static func add(to table: inout RouteTable) {
        table.on(.get, "task_tags") { scope in
            let wanted = FieldSelection(scope.query)
            return try await ListReader(TaskTagRepository.definition, scope).answer { _, rows, writer in
                for row in rows { writer.element { TaskTagRecord(row: row).write(to: &$0, wanted) } }
            }
        }
        table.on(.post, "task_tags") { scope in
            let body = try await scope.readJSON()
            var reader = FieldReader(try body.object())
            let project = reader.integer("project", fallback: nil)
            let name = reader.text("name", fallback: nil, maximum: 100, allowsEmpty: false)
            let category = reader.word("category", fallback: "project", of: TagCategory.known.map(\.rawValue))
            let description = reader.text("description", fallback: "", maximum: 100_000)
            let meta = reader.object("meta", fallback: "{}")
            try reader.errors.throwIfAny()
            let repository = TaskTagRepository(tenant: scope.identity.tenantID)
            return try await scope.write(body.fingerprint).commit(changing: [TableChange(table: .taskTag)]) { db in
                let record = try repository.create(
                    db, project: project, name: name, category: category, description: description, meta: meta)
                return Answer(status: .created) { record.write(to: &$0, .all) }
            }
        }
        table.on(.get, "task_tags/{id}") { scope in
            let id = try scope.identifier()
            let wanted = FieldSelection(scope.query)
            let repository = TaskTagRepository(tenant: scope.identity.tenantID)
            return try await scope.database.read { db in
                let record = try repository.existing(db, id)
                return Answer { record.write(to: &$0, wanted) }
            }
        }
    }
}
