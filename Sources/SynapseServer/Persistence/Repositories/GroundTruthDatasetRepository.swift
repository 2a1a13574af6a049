import GRDB

/// Reads and writes ground-truth datasets of one tenant, and the versions that freeze them.
///
/// Source: docs/wire-protocol.md, "Ground truth".
struct GroundTruthDatasetRepository: Sendable {
    static let definition = ListDefinition(
        table: .groundTruthDataset,
        columns: GroundTruthDatasetRecord.columns,
        orderings: ["created": "ground_truth_dataset.created", "name": "ground_truth_dataset.name"],
        searched: ["ground_truth_dataset.name", "ground_truth_dataset.description"],
        filters: ListDefinition.common(.groundTruthDataset)
            + [
                .integers("project", "ground_truth_dataset.project_id"),
                .texts("name", "ground_truth_dataset.name"),
            ] + ListFilter.timeComparisons("created", "ground_truth_dataset.created"),
        refused: ["description", "versions"]
    )

    static let versions = ListDefinition(
        table: .groundTruthDatasetVersion,
        columns: GroundTruthVersionRecord.columns,
        orderings: [
            "created": "ground_truth_dataset_version.created", "version": "ground_truth_dataset_version.version",
        ],
        searched: ["ground_truth_dataset_version.version", "ground_truth_dataset_version.description"],
        filters: ListDefinition.common(.groundTruthDatasetVersion)
            + [
                .integers("ground_truth_dataset", "ground_truth_dataset_version.ground_truth_dataset_id"),
                .boolean("is_archived", "ground_truth_dataset_version.is_archived = 1"),
                .texts("version", "ground_truth_dataset_version.version"),
                project,
            ] + ListFilter.timeComparisons("created", "ground_truth_dataset_version.created"),
        refused: ["description", "event_count"]
    )

    private static let project = ListFilter(key: "project") { values throws(ListFilter.Problem) in
        let wanted = Condition.oneOf("project_id", try ListFilter.integers(values))
        return Condition(
            sql: """
                ground_truth_dataset_version.ground_truth_dataset_id IN
                    (SELECT id FROM ground_truth_dataset WHERE \(wanted.sql))
                """,
            arguments: wanted.arguments)
    }

    let tenant: Int64

    func find(_ db: Database, _ ids: Set<Int64>) throws -> [Int64: GroundTruthDatasetRecord] {
        let condition = Condition.oneOf("id", ids.sorted())
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT \(GroundTruthDatasetRecord.columns) FROM ground_truth_dataset
                WHERE tenant_id = ? AND \(condition.sql)
                """,
            arguments: [tenant] + StatementArguments(condition.arguments))
        return Dictionary(rows.map(GroundTruthDatasetRecord.init).map { ($0.id, $0) }) { first, _ in first }
    }

    func existing(_ db: Database, _ id: Int64) throws -> GroundTruthDatasetRecord {
        guard let record = try find(db, [id])[id] else { throw APIError.notFound }
        return record
    }

    /// Makes a dataset, or finds the project's dataset of that name.
    func create(_ db: Database, project: Int64, name: String, description: String) throws -> GroundTruthDatasetRecord {
        guard try ProjectRepository(tenant: tenant).find(db, project) != nil else {
            throw APIError.field("project", APIError.unknownKeyText(project))
        }
        let found = try Int64.fetchOne(
            db, sql: "SELECT id FROM ground_truth_dataset WHERE tenant_id = ? AND project_id = ? AND name = ?",
            arguments: [tenant, project, name])
        if let found { return try existing(db, found) }
        try db.execute(
            sql: """
                INSERT INTO ground_truth_dataset (tenant_id, project_id, name, description, created)
                VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [tenant, project, name, description, WireTime.now()])
        return try existing(db, db.lastInsertedRowID)
    }

    func existingVersion(_ db: Database, _ id: Int64) throws -> GroundTruthVersionRecord {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT \(GroundTruthVersionRecord.columns) FROM ground_truth_dataset_version
                WHERE tenant_id = ? AND id = ?
                """,
            arguments: [tenant, id])
        guard let row else { throw APIError.notFound }
        return GroundTruthVersionRecord(row: row)
    }

    /// Freezes the latest event of each ground truth of a dataset under a name.
    ///
    /// - Throws: ``APIError`` when the dataset is not the tenant's or has a version of that name.
    func freeze(_ db: Database, dataset: Int64, version: String, description: String) throws
        -> GroundTruthVersionRecord
    {
        guard try find(db, [dataset])[dataset] != nil else {
            throw APIError.field("ground_truth_dataset", APIError.unknownKeyText(dataset))
        }
        let isTaken = try Bool.fetchOne(
            db, sql: "SELECT 1 FROM ground_truth_dataset_version WHERE ground_truth_dataset_id = ? AND version = ?",
            arguments: [dataset, version])
        if isTaken != nil {
            throw APIError.field("version", "The dataset has a version \"\(version)\" already.")
        }
        try db.execute(
            sql: """
                INSERT INTO ground_truth_dataset_version
                    (tenant_id, ground_truth_dataset_id, version, description, created)
                VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [tenant, dataset, version, description, WireTime.now()])
        let id = db.lastInsertedRowID
        try db.execute(
            sql: """
                INSERT INTO ground_truth_version_event (version_id, event_id)
                SELECT ?, max(id) FROM ground_truth_event
                WHERE ground_truth_dataset_id = ? AND tenant_id = ? GROUP BY ground_truth_id
                """,
            arguments: [id, dataset, tenant])
        return try existingVersion(db, id)
    }

    func updateVersion(_ db: Database, _ id: Int64, description: String, isArchived: Bool) throws
        -> GroundTruthVersionRecord
    {
        try db.execute(
            sql: """
                UPDATE ground_truth_dataset_version SET description = ?, is_archived = ? WHERE id = ? AND tenant_id = ?
                """,
            arguments: [description, isArchived, id, tenant])
        return try existingVersion(db, id)
    }
}
