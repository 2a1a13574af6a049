import HTTPTypes
import SynapseModels

/// The routes under `ground_truth_datasets/` and `ground_truth_dataset_versions/`.
enum GroundTruthDatasetRoutes {
    static func add(to table: inout RouteTable) {
        addDatasets(to: &table)
        addVersions(to: &table)
    }

    private static func addDatasets(to table: inout RouteTable) {
        table.on(.get, "ground_truth_datasets") { scope in
            let wanted = FieldSelection(scope.query)
            let expandsProject = scope.query.list("expand").contains("project")
            let tenant = scope.identity.tenantID
            return try await ListReader(GroundTruthDatasetRepository.definition, scope).answer { db, rows, writer in
                let records = rows.map(GroundTruthDatasetRecord.init)
                let ids = expandsProject ? Set(records.map(\.project)) : []
                let projects = try ProjectRepository(tenant: tenant).find(db, ids)
                for record in records {
                    writer.element { record.write(to: &$0, wanted, project: projects[record.project]) }
                }
            }
        }
        table.on(.post, "ground_truth_datasets") { scope in
            let body = try await scope.readJSON()
            var reader = FieldReader(try body.object())
            let project = reader.integer("project", fallback: nil)
            let name = reader.text("name", fallback: nil, maximum: 200, allowsEmpty: false)
            let description = reader.text("description", fallback: "", maximum: 100_000)
            try reader.errors.throwIfAny()
            let repository = GroundTruthDatasetRepository(tenant: scope.identity.tenantID)
            return try await scope.write(body.fingerprint).commit(
                changing: [TableChange(table: .groundTruthDataset)]
            ) { db in
                let record = try repository.create(db, project: project, name: name, description: description)
                return Answer(status: .created) { record.write(to: &$0, .all) }
            }
        }
        table.on(.get, "ground_truth_datasets/{id}") { scope in
            let id = try scope.identifier()
            let wanted = FieldSelection(scope.query)
            let expandsProject = scope.query.list("expand").contains("project")
            let tenant = scope.identity.tenantID
            return try await scope.database.read { db in
                let record = try GroundTruthDatasetRepository(tenant: tenant).existing(db, id)
                let project = expandsProject ? try ProjectRepository(tenant: tenant).find(db, record.project) : nil
                return Answer { record.write(to: &$0, wanted, project: project) }
            }
        }
    }

    private static func addVersions(to table: inout RouteTable) {
        table.on(.get, "ground_truth_dataset_versions") { scope in
            let wanted = FieldSelection(scope.query)
            let expandsDataset = scope.query.list("expand").contains("ground_truth_dataset")
            let repository = GroundTruthDatasetRepository(tenant: scope.identity.tenantID)
            return try await ListReader(GroundTruthDatasetRepository.versions, scope).answer { db, rows, writer in
                let records = rows.map(GroundTruthVersionRecord.init)
                let datasets = try repository.find(db, expandsDataset ? Set(records.map(\.dataset)) : [])
                for record in records {
                    writer.element { record.write(to: &$0, wanted, dataset: datasets[record.dataset]) }
                }
            }
        }
        table.on(.post, "ground_truth_dataset_versions", freeze)
        table.on(.get, "ground_truth_dataset_versions/{id}") { scope in
            let id = try scope.identifier()
            let wanted = FieldSelection(scope.query)
            let expandsDataset = scope.query.list("expand").contains("ground_truth_dataset")
            let repository = GroundTruthDatasetRepository(tenant: scope.identity.tenantID)
            return try await scope.database.read { db in
                let record = try repository.existingVersion(db, id)
                let dataset = expandsDataset ? try repository.existing(db, record.dataset) : nil
                return Answer { record.write(to: &$0, wanted, dataset: dataset) }
            }
        }
        table.on(.patch, "ground_truth_dataset_versions/{id}", change)
    }

    private static let freeze: RouteTable.Handler = { scope in
        let body = try await scope.readJSON()
        var reader = FieldReader(try body.object())
        let dataset = reader.integer("ground_truth_dataset", fallback: nil)
        let version = reader.text("version", fallback: nil, maximum: 100, allowsEmpty: false)
        let description = reader.text("description", fallback: "", maximum: 100_000)
        try reader.errors.throwIfAny()
        let repository = GroundTruthDatasetRepository(tenant: scope.identity.tenantID)
        return try await scope.write(body.fingerprint).commit(changing: [
            TableChange(table: .groundTruthDatasetVersion),
            // Which events a version has is asked of the events.
            TableChange(table: .groundTruthEvent, changedExisting: true),
        ]) { db in
            let record = try repository.freeze(db, dataset: dataset, version: version, description: description)
            return Answer(status: .created) { record.write(to: &$0, .all) }
        }
    }

    /// A version can be described and archived; what it froze stays.
    private static let change: RouteTable.Handler = { scope in
        let id = try scope.identifier()
        let body = try await scope.readJSON()
        let row = try body.object()
        let repository = GroundTruthDatasetRepository(tenant: scope.identity.tenantID)
        return try await scope.write(body.fingerprint).commit(
            changing: [TableChange(table: .groundTruthDatasetVersion, changedExisting: true)]
        ) { db in
            let old = try repository.existingVersion(db, id)
            var reader = FieldReader(row)
            let description = reader.text("description", fallback: old.description, maximum: 100_000)
            let isArchived = reader.boolean("is_archived", fallback: old.isArchived)
            for key in ["version", "ground_truth_dataset"] where row.contains(key) {
                reader.errors.add(key, "A version is frozen: this cannot be changed.")
            }
            try reader.errors.throwIfAny()
            let record = try repository.updateVersion(db, id, description: description, isArchived: isArchived)
            return Answer { record.write(to: &$0, .all) }
        }
    }
}
