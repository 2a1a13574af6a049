import GRDB
import HTTPTypes
import SynapseModels

/// `POST plugins/{id}/run/`: makes a job of one of a plugin's actions.
///
/// Source: docs/wire-protocol.md, "Running a plugin".
enum PluginRunRoutes {
    static func add(to table: inout RouteTable) {
        table.on(.post, "plugins/{id}/run") { scope in
            let plugin = try PluginRoutes.reference(scope)
            let body = try await scope.readJSON()
            let form = PluginRunForm(try body.object())
            let identity = scope.identity
            let runsJobs = scope.services.executor != nil
            let answer = try await scope.write(body.fingerprint).commit(changing: [TableChange(table: .job)]) { db in
                let job = try form.makeJob(db, plugin, identity)
                if runsJobs { try JobIntake.take(db, job) }
                return Answer { $0.object { $0.member("job_id", job.uuid) } }
            }
            scope.services.jobSignal.send()
            return answer
        }
    }
}

/// What a client asks to run.
struct PluginRunForm: Sendable {
    private let action: String?
    private let params: String
    private let agent: Int64?
    private let storage: Int64?
    private let job: String?
    private let version: String?
    private let language: String
    private let isDebug: Bool
    private let errors: FieldErrors

    /// Reads a body; `parameters` is an older name of `params`, `context` beside it means nothing here, and the action
    /// may be left out where a release has only one.
    init(_ row: JSONRow) {
        var reader = FieldReader(row)
        action = Self.optional("action", 200, &reader)
        params = reader.object(row.contains("params") ? "params" : "parameters", fallback: "{}")
        agent = reader.optionalIdentifier("agent", fallback: nil)
        storage = reader.optionalIdentifier("storage_id", fallback: nil)
        version = Self.optional("version", 100, &reader)
        language = Self.optional("language", 20, &reader) ?? "ko"
        isDebug = row["debug"].map(\.isNull) == false ? reader.boolean("debug", fallback: false) : false
        job = Self.job(&reader)
        errors = reader.errors
    }

    /// Makes the job, or finds the one that the client named.
    ///
    /// - Throws: ``APIError`` with status 404 when there is no such plugin, else 400.
    func makeJob(_ db: Database, _ reference: PluginReference, _ identity: Identity) throws -> JobRecord {
        let tenant = identity.tenantID
        let plugin = try PluginRepository(tenant: tenant).existing(db, reference)
        try errors.throwIfAny()
        let code = plugin.values.code
        guard plugin.values.isActive else { throw APIError(.badRequest, "The plugin \(code) is not active.") }
        let releases = PluginReleaseRepository(tenant: tenant)
        guard let release = try releases.runnable(db, plugin: plugin.id, version: version, isDebug: isDebug) else {
            guard let version else { throw APIError(.badRequest, "The plugin \(code) has no release.") }
            throw APIError.field("version", "The plugin \(code) has no release \"\(version)\".")
        }
        try check(db, "agent", agent, field: "agent", tenant)
        try check(db, "storage", storage, field: "storage_id", tenant)
        let values = JobValues(
            uuid: job, user: identity.userID, release: release.id, agent: agent, storage: storage,
            action: try action.map(release.action(named:)) ?? release.onlyAction(), params: params, language: language,
            isDebug: isDebug)
        return try named(db, values, tenant) ?? JobRepository(tenant: tenant).create(db, values)
    }

    /// The job that the client named, when it is there already: the same run is not made twice.
    private func named(_ db: Database, _ values: JobValues, _ tenant: Int64) throws -> JobRecord? {
        guard let job else { return nil }
        guard let record = try JobRepository(tenant: tenant).find(db, job) else {
            // A number is given by the server; a UUID the client may choose.
            if Int64(job) != nil { throw APIError.field("job_id", APIError.unknownKeyText(job)) }
            return nil
        }
        guard record.action == values.action, record.release == values.release else {
            throw APIError.field("job_id", "The job \(record.uuid) is of another release or action.")
        }
        guard RawJSON(stored: record.params).value == RawJSON(stored: values.params).value,
            record.agent == values.agent, record.storage == values.storage
        else {
            throw APIError.field("job_id", "The job \(record.uuid) was made with other params, agent or storage.")
        }
        return record
    }

    private func check(_ db: Database, _ table: String, _ id: Int64?, field: String, _ tenant: Int64) throws {
        guard let id else { return }
        let sql = "SELECT 1 FROM \(table) WHERE id = ? AND tenant_id = ?"
        if try Bool.fetchOne(db, sql: sql, arguments: [id, tenant]) == nil {
            throw APIError.field(field, APIError.unknownKeyText(id))
        }
    }

    private static func optional(_ key: String, _ maximum: Int, _ reader: inout FieldReader) -> String? {
        guard let raw = reader.row[key], !raw.isNull else { return nil }
        return reader.text(key, fallback: nil, maximum: maximum, allowsEmpty: false)
    }

    /// A number or a UUID, in lower case.
    private static func job(_ reader: inout FieldReader) -> String? {
        guard let raw = reader.row["job_id"], !raw.isNull else { return nil }
        guard let id = try? Job.ID(reading: raw), Int64(id.rawValue) != nil || isUUID(id.rawValue) else {
            reader.errors.add("job_id", "A number or a UUID is required.")
            return nil
        }
        return id.rawValue.lowercased()
    }

    private static func isUUID(_ text: String) -> Bool {
        let pieces = text.split(separator: "-", omittingEmptySubsequences: false)
        return pieces.map(\.utf8.count) == [8, 4, 4, 4, 12] && pieces.allSatisfy { $0.allSatisfy(\.isHexDigit) }
    }
}
