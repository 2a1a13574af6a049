import Crypto
import GRDB

/// Reads and writes ground truths of one tenant, and the events that they leave.
///
/// Source: docs/wire-protocol.md, "Ground truth".
struct GroundTruthRepository: Sendable {
    /// What is held to be right now.
    static let definition = ListDefinition(
        table: .groundTruth,
        columns: GroundTruthRecord.columns,
        orderings: ["created": "ground_truth.created", "modified": "ground_truth.modified"],
        searched: ["ground_truth.data", "ground_truth.classes"],
        filters: ListDefinition.common(.groundTruth) + GroundTruthFilters.all("ground_truth")
            + ListFilter.timeComparisons("modified", "ground_truth.modified"),
        refused: GroundTruthFilters.refused
    )

    /// What versions froze, in the form of ground truths.
    static let frozen = events(orderings: ["created": "ground_truth_event.created"])

    /// What happened to ground truths.
    static let events = events(
        orderings: ["created": "ground_truth_event.created", "pgh_id": "ground_truth_event.id"])

    private static func events(orderings: [String: String]) -> ListDefinition {
        let id = "ground_truth_event.ground_truth_id"
        let event = "ground_truth_event.id"
        return ListDefinition(
            table: .groundTruthEvent,
            columns: GroundTruthRecord.eventColumns,
            orderings: orderings,
            searched: ["ground_truth_event.data", "ground_truth_event.classes"],
            filters: GroundTruthFilters.all("ground_truth_event")
                + [
                    .integers("ids", id), .excludedIntegers("ids_ex", id), .integers("id", id), .integers("id__in", id),
                    .integers("ground_truth", id), .integers("pgh_obj_id", id), .integers("pgh_obj_id__in", id),
                    .integers("pgh_id", event), .integers("pgh_id__in", event),
                    .words("pgh_label", "ground_truth_event.label"),
                ] + ListFilter.integerComparisons("id", id) + ListFilter.integerComparisons("pgh_id", event),
            refused: GroundTruthFilters.refused
        )
    }

    /// The query keys that name versions; the documentation has the plural, programs send both.
    static let versionKeys = ["ground_truth_dataset_versions", "ground_truth_dataset_version"]

    let tenant: Int64

    func find(_ db: Database, _ ids: Set<Int64>) throws -> [Int64: GroundTruthRecord] {
        let condition = Condition.oneOf("ground_truth.id", ids.sorted())
        let rows = try Row.fetchAll(
            db, sql: "SELECT \(GroundTruthRecord.columns) FROM ground_truth WHERE tenant_id = ? AND \(condition.sql)",
            arguments: [tenant] + StatementArguments(condition.arguments))
        return Dictionary(rows.map(GroundTruthRecord.init).map { ($0.id, $0) }) { first, _ in first }
    }

    func existing(_ db: Database, _ id: Int64) throws -> GroundTruthRecord {
        guard let record = try find(db, [id])[id] else { throw APIError.notFound }
        return record
    }

    /// Reads what rows refer to.
    func expansion(
        _ db: Database, _ records: [GroundTruthRecord], _ names: Set<String>, needsFiles: Bool = true
    ) throws -> GroundTruthRecord.Expansion {
        var expansion = GroundTruthRecord.Expansion(names: names)
        if needsFiles || names.contains("data_unit") {
            expansion.units = try DataUnitRepository(tenant: tenant).find(db, Set(records.map(\.dataUnit)))
        }
        if names.contains("project") {
            expansion.projects = try ProjectRepository(tenant: tenant).find(db, Set(records.map(\.project)))
        }
        if names.contains("ground_truth_dataset") {
            expansion.datasets = try GroundTruthDatasetRepository(tenant: tenant).find(
                db, Set(records.map(\.dataset)))
        }
        if names.contains("task") {
            expansion.tasks = try TaskRepository(tenant: tenant).find(db, Set(records.compactMap(\.task)))
        }
        if names.contains("assignment") {
            let found = try AssignmentRepository(tenant: tenant).find(db, Set(records.compactMap(\.assignment)))
            expansion.assignments = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
        }
        return expansion
    }

    /// Makes or changes the ground truth of a unit in a dataset, and keeps the event of it.
    ///
    /// What changes nothing leaves no event, so that a request that is sent twice does its work once.
    func put(_ db: Database, _ plan: GroundTruthPlan) throws -> Int64 {
        let found = try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id FROM ground_truth
                    WHERE tenant_id = ? AND ground_truth_dataset_id = ? AND data_unit_id = ?
                    """),
            arguments: [tenant, plan.dataset, plan.dataUnit])
        let now = WireTime.now()
        guard let found else {
            let category = plan.category ?? "train"
            try db.cachedStatement(
                sql: """
                    INSERT INTO ground_truth (tenant_id, ground_truth_dataset_id, data_unit_id, task_id, assignment_id,
                        category, data, classes, created, modified)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                tenant, plan.dataset, plan.dataUnit, plan.task, plan.assignment, category, plan.data, plan.classes, now,
                now,
            ])
            let id = db.lastInsertedRowID
            try keepEvent(db, id, plan, category, label: "insert", now)
            return id
        }
        let old = try existing(db, found)
        let category = plan.category ?? old.category
        let isSame =
            old.data == plan.data && old.classes == plan.classes && old.category == category && old.task == plan.task
            && old.assignment == plan.assignment
        if isSame { return found }
        try db.cachedStatement(
            sql: """
                UPDATE ground_truth SET task_id = ?, assignment_id = ?, category = ?, data = ?, classes = ?, modified = ?
                WHERE id = ? AND tenant_id = ?
                """
        ).execute(arguments: [
            plan.task, plan.assignment, category, plan.data, plan.classes, now, found, tenant,
        ])
        try keepEvent(db, found, plan, category, label: "update", now)
        return found
    }

    private func keepEvent(
        _ db: Database, _ id: Int64, _ plan: GroundTruthPlan, _ category: String, label: String, _ now: String
    ) throws {
        let bytes = Array(plan.data.utf8)
        try db.cachedStatement(
            sql: """
                INSERT INTO ground_truth_event (tenant_id, ground_truth_id, ground_truth_dataset_id, data_unit_id,
                    task_id, assignment_id, label, category, data, classes, data_md5, data_sha256, created)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            tenant, id, plan.dataset, plan.dataUnit, plan.task, plan.assignment, label, category, plan.data,
            plan.classes, Hexadecimal.text(Insecure.MD5.hash(data: bytes)), Hexadecimal.text(SHA256.hash(data: bytes)),
            now,
        ])
    }
}

/// The filters that ground truths and their events have in common.
enum GroundTruthFilters {
    static let refused: Set<String> = ["files", "data", "workshop", "assignee", "reviewer"]

    static func all(_ table: String) -> [ListFilter] {
        let isEvent = table == "ground_truth_event"
        var filters: [ListFilter] = [
            .integers("ground_truth_dataset", "\(table).ground_truth_dataset_id"),
            .integers("data_unit", "\(table).data_unit_id"),
            .integers("task", "\(table).task_id", isVolatile: true),
            .integers("assignment", "\(table).assignment_id", isVolatile: true),
            category("category", table), category("categories", table), classes(table), project(table),
        ]
        if isEvent { filters += GroundTruthRepository.versionKeys.map(versions) }
        return filters + ListFilter.timeComparisons("created", "\(table).created")
    }

    private static func category(_ key: String, _ table: String) -> ListFilter {
        ListFilter(key: key) { values throws(ListFilter.Problem) in
            for value in values where !GroundTruthForm.categories.contains(value) {
                throw ListFilter.Problem(message: "\"\(value.prefix(50))\" is not a valid choice.")
            }
            return .oneOf("\(table).category", values, isVolatile: true)
        }
    }

    /// Rows in which at least one of the classes occurs.
    private static func classes(_ table: String) -> ListFilter {
        ListFilter(key: "classes") { values throws(ListFilter.Problem) in
            let wanted = Condition.oneOf("value", values)
            return Condition(
                sql: "EXISTS (SELECT 1 FROM json_each(\(table).classes) WHERE \(wanted.sql))",
                arguments: wanted.arguments, isVolatile: true)
        }
    }

    private static func project(_ table: String) -> ListFilter {
        ListFilter(key: "project") { values throws(ListFilter.Problem) in
            let wanted = Condition.oneOf("project_id", try ListFilter.integers(values))
            return Condition(
                sql: """
                    \(table).ground_truth_dataset_id IN (SELECT id FROM ground_truth_dataset WHERE \(wanted.sql))
                    """,
                arguments: wanted.arguments)
        }
    }

    /// What versions froze; freezing changes which events those are.
    private static func versions(_ key: String) -> ListFilter {
        ListFilter(key: key) { values throws(ListFilter.Problem) in
            let wanted = Condition.oneOf("version_id", try ListFilter.integers(values))
            return Condition(
                sql: """
                    ground_truth_event.id IN (SELECT event_id FROM ground_truth_version_event WHERE \(wanted.sql))
                    """,
                arguments: wanted.arguments, isVolatile: true)
        }
    }
}
