import HTTPTypes
import SynapseModels

/// The routes under `tasks/` and `sdk/tasks/`.
enum TaskRoutes {
    static func add(to table: inout RouteTable) {
        for path in ["tasks", "sdk/tasks"] { table.on(.get, path, list) }
        table.on(.get, "sdk/tasks/data") { scope in
            try await PartialLists.data(
                TaskRepository.definition.reading("task.id, task.data"), of: .task, scope)
        }
        table.on(.get, "sdk/tasks/files") { scope in
            try await PartialLists.files(
                TaskRepository.definition.reading("task.id, task.data_unit_id"), scope)
        }
        table.on(.post, "tasks", create)
        table.on(.get, "tasks/{id}") { scope in
            let id = try scope.identifier()
            let wanted = FieldSelection(scope.query)
            let expand = Relations(scope.query).own
            let repository = TaskRepository(tenant: scope.identity.tenantID)
            return try await scope.database.read { db in
                let record = try repository.existing(db, id)
                let expansion = try repository.expansion(db, [record], expand, wanted)
                return Answer { record.write(to: &$0, wanted, scope.links, expansion) }
            }
        }
        table.on(.put, "tasks/{id}/annotate_task_data", annotate)
        table.on(.post, "tasks/set_tags", setTags)
    }

    private static let list: RouteTable.Handler = { scope in
        let wanted = FieldSelection(scope.query)
        let expand = Relations(scope.query).own
        let delivery = try DataDelivery(scope)
        let repository = TaskRepository(tenant: scope.identity.tenantID)
        var definition = TaskRepository.definition
        if !wanted.contains("data") { definition.columns = TaskRecord.columnsWithoutData }
        return try await ListReader(definition, scope).answer { db, rows, writer in
            let records = try repository.withTags(db, rows.map(TaskRecord.init))
            let expansion = try repository.expansion(db, records, expand, wanted)
            for record in records {
                writer.element { record.write(to: &$0, wanted, scope.links, expansion, delivery) }
            }
        }
    }

    private static let create: RouteTable.Handler = { scope in
        let body = try await scope.readJSON()
        let form = try TasksForm(body.raw, maximum: scope.limits.batchRowCount * 10)
        let repository = TaskRepository(tenant: scope.identity.tenantID)
        do {
            return try await scope.write(body.fingerprint).commit(
                changing: [TableChange(table: .task), TableChange(table: .project, changedExisting: true)]
            ) { db in
                let records = try repository.create(db, form.pairs)
                return Answer(status: .created, reserving: records.count * 256) { writer in
                    writer.array { writer in
                        for record in records { writer.element { record.write(to: &$0, .all, scope.links, .init()) } }
                    }
                }
            }
        } catch let errors as RowErrors {
            throw form.error(errors)
        }
    }

    private static let annotate: RouteTable.Handler = { scope in
        let id = try scope.identifier()
        let body = try await scope.readJSON()
        let row = try body.object()
        let schema = scope.query["schema"]
        if let schema, !AnnotationSchema.known.map(\.rawValue).contains(schema) {
            throw APIError.field("schema", "\"\(schema.prefix(50))\" is not a valid choice.")
        }
        // An object with an action says what to do with its data; any other object is the data, handed in.
        var data = FieldUpdate<String>.set(body.raw.description)
        var isSubmitted = true
        var reader = FieldReader(row)
        if row.contains("action") {
            let action = reader.word("action", fallback: nil, of: AnnotationAction.known.map(\.rawValue))
            isSubmitted = action == AnnotationAction.submit.rawValue
            data = reader.openValue("data")
        } else if row.keys.isEmpty {
            reader.errors.add("action", "An action, or data, is required.")
        }
        try reader.errors.throwIfAny()
        let annotation = data
        let isHandedIn = isSubmitted
        let repository = TaskRepository(tenant: scope.identity.tenantID)
        return try await scope.write(body.fingerprint).commit(
            changing: [TableChange(table: .task, changedExisting: true)]
        ) { db in
            let record = try repository.annotate(db, id, data: annotation, isSubmitted: isHandedIn, schema: schema)
            return Answer { record.write(to: &$0, .all, scope.links, .init()) }
        }
    }

    private static let setTags: RouteTable.Handler = { scope in
        let body = try await scope.readJSON()
        let form = try TagsForm(body.object(), olderIDsKey: "task_ids")
        let tenant = scope.identity.tenantID
        // Assignments can be asked for by the tags of their tasks.
        return try await scope.write(body.fingerprint).commit(
            changing: [
                TableChange(table: .task, changedExisting: true),
                TableChange(table: .assignment, changedExisting: true),
            ]
        ) { db in
            try Tagging.tasks.set(db, tenant: tenant, form)
            return Answer { $0.object { $0.member("status", "ok") } }
        }
    }
}
