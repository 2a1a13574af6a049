import HTTPTypes
import SynapseModels

/// The routes under `projects/`.
enum ProjectRoutes {
    static func add(to table: inout RouteTable) {
        table.on(.get, "projects") { scope in
            let wanted = FieldSelection(scope.query)
            let expandsCollection = scope.query.list("expand").contains("data_collection")
            let tenant = scope.identity.tenantID
            return try await ListReader(ProjectRepository.definition, scope).answer { db, rows, writer in
                let records = rows.map(ProjectRecord.init)
                let ids = expandsCollection ? Set(records.compactMap(\.values.dataCollection)) : []
                let collections = try DataCollectionRepository(tenant: tenant).find(db, ids)
                for record in records {
                    let collection = record.values.dataCollection.flatMap { collections[$0] }
                    writer.element { record.write(to: &$0, wanted, collection: collection) }
                }
            }
        }
        table.on(.post, "projects") { scope in
            let body = try await scope.readJSON()
            let values = try values(body.object(), over: nil)
            let repository = ProjectRepository(tenant: scope.identity.tenantID)
            // A collection shows how many projects it has.
            return try await scope.write(body.fingerprint).commit(
                changing: [TableChange(table: .project), TableChange(table: .dataCollection, changedExisting: true)]
            ) { db in
                let record = try repository.create(db, values)
                return Answer(status: .created) { record.write(to: &$0, .all) }
            }
        }
        table.on(.get, "projects/{id}") { scope in
            let id = try scope.identifier()
            let wanted = FieldSelection(scope.query)
            let expandsCollection = scope.query.list("expand").contains("data_collection")
            let tenant = scope.identity.tenantID
            return try await scope.database.read { db in
                let record = try ProjectRepository(tenant: tenant).existing(db, id)
                let collection =
                    try expandsCollection
                    ? record.values.dataCollection.flatMap { try DataCollectionRepository(tenant: tenant).find(db, $0) }
                    : nil
                return Answer { record.write(to: &$0, wanted, collection: collection) }
            }
        }
        table.on(.patch, "projects/{id}") { scope in
            let id = try scope.identifier()
            let body = try await scope.readJSON()
            let row = try body.object()
            let repository = ProjectRepository(tenant: scope.identity.tenantID)
            return try await scope.write(body.fingerprint).commit(
                changing: [
                    TableChange(table: .project, changedExisting: true),
                    TableChange(table: .dataCollection, changedExisting: true),
                    // Whether a task has all the assignments that it may have depends on its project.
                    TableChange(table: .task, changedExisting: true),
                ]
            ) { db in
                let old = try repository.existing(db, id)
                let record = try repository.update(db, id, try values(row, over: old.values))
                return Answer { record.write(to: &$0, .all) }
            }
        }
    }

    /// Reads a project over its old values; there are none for a new project, whose title is required.
    private static func values(_ row: JSONRow, over old: ProjectValues?) throws(APIError) -> ProjectValues {
        let base = old ?? ProjectValues()
        var reader = FieldReader(row)
        let values = ProjectValues(
            dataCollection: reader.optionalIdentifier("data_collection", fallback: base.dataCollection),
            title: reader.text("title", fallback: old?.title, maximum: 200, allowsEmpty: false),
            description: reader.text("description", fallback: base.description, maximum: 100_000),
            category: reader.word("category", fallback: base.category, of: ProjectCategory.known.map(\.rawValue)),
            configuration: reader.object("configuration", fallback: base.configuration),
            settings: reader.object("settings", fallback: base.settings),
            caution: reader.word("caution", fallback: base.caution, of: ["", "sensitive_content"]),
            accessLevel: reader.word("access_level", fallback: base.accessLevel, of: AccessLevel.known.map(\.rawValue)),
            maximumAssignments: reader.integer(
                "count_max_assignments_per_task", fallback: base.maximumAssignments, in: 0...1_000_000),
            canDiscard: reader.boolean("can_discard", fallback: base.canDiscard),
            enableWorkforce: reader.boolean("enable_workforce", fallback: base.enableWorkforce),
            isArchived: reader.boolean("is_archived", fallback: base.isArchived)
        )
        try reader.errors.throwIfAny()
        return values
    }
}
