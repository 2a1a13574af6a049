import Crypto
import GRDB

/// Reads and writes data units of one tenant.
///
/// Source: docs/wire-protocol.md, "Data units".
struct DataUnitRepository: Sendable {
    static let definition = ListDefinition(
        table: .dataUnit,
        columns: DataUnitRecord.columns,
        orderings: ["created": "data_unit.created"],
        searched: ["data_unit.meta"],
        filters: ListDefinition.common(.dataUnit)
            + [
                .integers("data_collection", "data_unit.data_collection_id"),
                .integers("group", "data_unit.group_id"),
                .words("checksum", "data_unit.checksum"),
            ] + ListFilter.timeComparisons("created", "data_unit.created"),
        refused: ["groups", "meta", "files", "has_task", "project"]
    )

    let tenant: Int64

    func find(_ db: Database, _ ids: Set<Int64>) throws -> [Int64: DataUnitRecord] {
        let condition = Condition.oneOf("data_unit.id", ids.sorted())
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT \(DataUnitRecord.columns) FROM data_unit WHERE tenant_id = ? AND \(condition.sql)",
            arguments: [tenant] + StatementArguments(condition.arguments))
        let records = try withFiles(db, rows.map(DataUnitRecord.init))
        return Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
    }

    func withFiles(_ db: Database, _ records: [DataUnitRecord]) throws -> [DataUnitRecord] {
        let condition = Condition.oneOf("data_unit_file.data_unit_id", records.map(\.id))
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT data_unit_file.data_unit_id, file_specification.name, file_specification.file_type,
                    file_specification.is_primary, data_unit_file.path, data_file.original_name, stored_file.name,
                    stored_file.byte_count, stored_file.md5, data_file.meta
                FROM data_unit_file
                JOIN file_specification ON file_specification.id = data_unit_file.file_specification_id
                JOIN data_file ON data_file.id = data_unit_file.data_file_id
                JOIN stored_file ON stored_file.id = data_file.stored_file_id
                WHERE data_unit_file.tenant_id = ? AND \(condition.sql)
                ORDER BY data_unit_file.data_unit_id, file_specification.position, file_specification.id
                """,
            arguments: [tenant] + StatementArguments(condition.arguments))
        var files: [Int64: [DataUnitRecord.File]] = [:]
        for row in rows {
            let file = DataUnitRecord.File(
                specification: row[1], fileType: row[2], isPrimary: row[3], path: row[4], originalName: row[5],
                name: row[6], byteCount: row[7], md5: row[8], meta: row[9])
            files[row[0], default: []].append(file)
        }
        return records.map { record in
            var record = record
            record.files = files[record.id] ?? []
            return record
        }
    }

    /// Makes units, or finds those that have the same files in the same collection; answers them in order.
    ///
    /// - Throws: ``RowErrors`` that says for each unit what is wrong with it; then none is made.
    func create(_ db: Database, _ units: [DataUnitValues], in store: LocalFileStore) throws -> [DataUnitRecord] {
        var builder = DataUnitBuilder(tenant: tenant, db: db, store: store)
        var failures = RowErrors(count: units.count)
        var plans: [DataUnitBuilder.Plan] = []
        for (index, unit) in units.enumerated() {
            do throws(DataUnitBuilder.Refusal) {
                plans.append(try builder.plan(unit))
            } catch {
                switch error {
                case .fields(let errors): failures.rows[index] = errors
                case .other(let error): throw error
                }
            }
        }
        try failures.throwIfAny()
        let ids = try plans.map { try builder.perform($0) }
        let records = try find(db, Set(ids))
        return ids.compactMap { records[$0] }
    }
}

/// What a client sends to make a data unit.
struct DataUnitValues: Sendable {
    struct File: Sendable {
        let specification: String
        let checksum: String
        let path: String
    }

    var collection: Int64 = 0
    var files: [File] = []
    var meta = "{}"
    /// Names of groups from the root to the leaf.
    var groups: [String] = []
}

/// Errors of a list's rows, by position.
struct RowErrors: Error, Sendable {
    var rows: [FieldErrors]

    init(count: Int) {
        rows = Array(repeating: FieldErrors(), count: count)
    }

    func throwIfAny() throws(RowErrors) {
        if rows.contains(where: { !$0.isEmpty }) { throw self }
    }
}
