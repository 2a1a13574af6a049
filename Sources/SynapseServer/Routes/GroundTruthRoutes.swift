import GRDB
import HTTPTypes
import SynapseModels

/// The routes of ground truths, their events, datasets and versions.
enum GroundTruthRoutes {
    static func add(to table: inout RouteTable) {
        GroundTruthDatasetRoutes.add(to: &table)
        GroundTruthEventRoutes.add(to: &table)
        GroundTruthDataRoutes.add(to: &table)
        table.on(.get, "ground_truths", list)
        table.on(.post, "ground_truths") { scope in
            let body = try await scope.readJSON()
            return try await body.raw.isArray ? createMany(scope, body) : createOne(scope, body)
        }
        table.on(.get, "ground_truths/{id}") { scope in
            let id = try scope.identifier()
            let wanted = FieldSelection(scope.query)
            let expand = Set(scope.query.list("expand"))
            let repository = GroundTruthRepository(tenant: scope.identity.tenantID)
            return try await scope.database.read { db in
                let record = try repository.existing(db, id)
                let expansion = try repository.expansion(db, [record], expand)
                return Answer { record.write(to: &$0, wanted, scope.links, expansion) }
            }
        }
    }

    /// Ground truths as they are; where versions are named, as they were when those were frozen.
    private static let list: RouteTable.Handler = { scope in
        let wanted = FieldSelection(scope.query)
        let expand = Set(scope.query.list("expand"))
        let repository = GroundTruthRepository(tenant: scope.identity.tenantID)
        let isFrozen = GroundTruthRepository.versionKeys.contains { scope.query.contains($0) }
        let definition = isFrozen ? GroundTruthRepository.frozen : GroundTruthRepository.definition
        return try await ListReader(definition, scope).answer { db, rows, writer in
            let records = rows.map(GroundTruthRecord.init)
            let expansion = try repository.expansion(db, records, expand, needsFiles: wanted.contains("files"))
            for record in records { writer.element { record.write(to: &$0, wanted, scope.links, expansion) } }
        }
    }

    static let changes = [
        TableChange(table: .groundTruth, changedExisting: true), TableChange(table: .groundTruthEvent),
    ]

    private static func createOne(_ scope: RequestScope, _ body: JSONBody) async throws -> Answer {
        let (form, errors) = GroundTruthForm.read(try body.object())
        try errors.throwIfAny()
        let repository = GroundTruthRepository(tenant: scope.identity.tenantID)
        return try await scope.write(body.fingerprint).commit(changing: changes) { db in
            var planner = GroundTruthPlanner(tenant: repository.tenant, db: db)
            let id = try repository.put(db, try planner.plan(form))
            let record = try repository.existing(db, id)
            let expansion = try repository.expansion(db, [record], [])
            return Answer(status: .created) { record.write(to: &$0, .all, scope.links, expansion) }
        }
    }

    /// A list is made as a whole or not at all, and answered in order.
    private static func createMany(_ scope: RequestScope, _ body: JSONBody) async throws -> Answer {
        let rows = (try? body.raw.elements()) ?? []
        guard rows.count <= scope.limits.batchRowCount else {
            throw APIError.field("non_field_errors", "At most \(scope.limits.batchRowCount) in one request.")
        }
        var failures = RowErrors(count: rows.count)
        var forms: [GroundTruthForm] = []
        for (index, row) in rows.enumerated() {
            guard let object = try? row.row() else {
                failures.rows[index] = FieldErrors("non_field_errors", "Invalid data. Expected an object.")
                continue
            }
            let (form, errors) = GroundTruthForm.read(object)
            failures.rows[index] = errors
            forms.append(form)
        }
        let all = forms
        let repository = GroundTruthRepository(tenant: scope.identity.tenantID)
        do {
            try failures.throwIfAny()
            return try await scope.write(body.fingerprint).commit(changing: changes) { db in
                let ids = try putAll(db, all, repository)
                let records = try repository.find(db, Set(ids))
                let expansion = try repository.expansion(db, Array(records.values), [])
                return Answer(status: .created, reserving: ids.count * 512) { writer in
                    writer.array { writer in
                        for record in ids.compactMap({ records[$0] }) {
                            writer.element { record.write(to: &$0, .all, scope.links, expansion) }
                        }
                    }
                }
            }
        } catch let errors as RowErrors {
            throw APIError(rows: errors.rows)
        }
    }

    private static func putAll(
        _ db: Database, _ forms: [GroundTruthForm], _ repository: GroundTruthRepository
    ) throws -> [Int64] {
        var planner = GroundTruthPlanner(tenant: repository.tenant, db: db)
        var failures = RowErrors(count: forms.count)
        var plans: [GroundTruthPlan] = []
        for (index, form) in forms.enumerated() {
            do {
                plans.append(try planner.plan(form))
            } catch let error as APIError {
                guard case .fields(let errors) = error.body else { throw error }
                failures.rows[index] = errors
            }
        }
        try failures.throwIfAny()
        return try plans.map { try repository.put(db, $0) }
    }
}
