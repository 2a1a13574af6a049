import GRDB
import HTTPTypes
import SynapseModels

/// The routes under `serve_applications/`.
enum ServeApplicationRoutes {
    static func add(to table: inout RouteTable) {
        table.on(.get, "serve_applications") { scope in
            let wanted = FieldSelection(scope.query)
            return try await ListReader(ServeApplicationRepository.definition, scope).answer { _, rows, writer in
                for row in rows { writer.element { ServeApplicationRecord(row: row).write(to: &$0, wanted) } }
            }
        }
        table.on(.get, "serve_applications/{id}") { scope in
            let id = try scope.identifier()
            let wanted = FieldSelection(scope.query)
            let repository = ServeApplicationRepository(tenant: scope.identity.tenantID)
            return try await scope.database.read { db in
                let record = try repository.existing(db, id)
                return Answer { record.write(to: &$0, wanted) }
            }
        }
        table.on(.post, "serve_applications", create)
        table.on(.patch, "serve_applications/{id}", update)
    }

    /// What has become of an application, and what the deployment says; the job that it is of stays.
    private static let update: RouteTable.Handler = { scope in
        let id = try scope.identifier()
        let body = try await scope.readJSON()
        let row = try body.object()
        let repository = ServeApplicationRepository(tenant: scope.identity.tenantID)
        let change = TableChange(table: .serveApplication, changedExisting: true)
        return try await scope.write(body.fingerprint).commit(changing: [change]) { db in
            let old = try repository.existing(db, id)
            var reader = FieldReader(row)
            for key in row.keys where key != "status" && key != "data" {
                reader.errors.add(key, "This field cannot be changed.")
            }
            let status = status(&reader, fallback: old.status)
            let data = reader.object("data", fallback: old.data)
            try reader.errors.throwIfAny()
            let record = try repository.update(db, id, status: status, data: data)
            return Answer { record.write(to: &$0, .all) }
        }
    }

    /// A status in upper case.
    private static func status(_ reader: inout FieldReader, fallback: String) -> String {
        let word = reader.text("status", fallback: fallback, maximum: 100).uppercased()
        if !ServeStatus(rawValue: word).isKnown, reader.errors.fields.last?.name != "status" {
            let words = ServeStatus.known.map(\.rawValue).joined(separator: ", ")
            reader.errors.add("status", "\"\(word.prefix(50))\" is not a valid choice: \(words).")
        }
        return word
    }

    private static let create: RouteTable.Handler = { scope in
        let body = try await scope.readJSON()
        let row = try body.object()
        var reader = FieldReader(row)
        let word = status(&reader, fallback: ServeStatus.notStarted.rawValue)
        let form = row.contains("plugin_release") && !row.contains("job") ? release(&reader) : job(&reader)
        try reader.errors.throwIfAny()
        let identity = scope.identity
        return try await scope.write(body.fingerprint).commit(
            changing: [TableChange(table: .serveApplication), TableChange(table: .job)]
        ) { db in
            let (job, data) = try form.prepare(db, identity)
            let record = try ServeApplicationRepository(tenant: identity.tenantID).create(
                db, job: job, status: word, data: data)
            return Answer(status: .created) { record.write(to: &$0, .all) }
        }
    }

    /// `{"job", "status", "data"}`: an application of a job that is there.
    private static func job(_ reader: inout FieldReader) -> Form {
        let data = reader.object("data", fallback: "{}")
        guard let raw = reader.row["job"], let id = try? Job.ID(reading: raw) else {
            reader.errors.add("job", reader.row.contains("job") ? "A job's id is required." : "This field is required.")
            return .job("", data: data)
        }
        return .job(id.rawValue, data: data)
    }

    /// The older form, `{"name", "plugin_release", "action", "params", "num_replicas"}`: a job is made that serves.
    private static func release(_ reader: inout FieldReader) -> Form {
        let release = reader.integer("plugin_release", fallback: nil)
        let action = reader.text("action", fallback: "deployment", maximum: 200, allowsEmpty: false)
        let params = reader.object("params", fallback: "{}")
        let name = reader.text("name", fallback: "", maximum: 200)
        let replicas = reader.integer("num_replicas", fallback: 1, in: 1...10_000)
        let data: JSONValue = ["name": .string(name), "num_replicas": .integer(replicas)]
        return .release(release, action: action, params: params, data: data.description)
    }

    private enum Form: Sendable {
        case job(String, data: String)
        case release(Int64, action: String, params: String, data: String)

        func prepare(_ db: Database, _ identity: Identity) throws -> (job: Int64, data: String) {
            let jobs = JobRepository(tenant: identity.tenantID)
            switch self {
            case .job(let id, let data):
                guard let job = try jobs.find(db, id) else {
                    throw APIError.field("job", APIError.unknownKeyText(id))
                }
                return (job.id, data)
            case .release(let id, let action, let params, let data):
                let releases = PluginReleaseRepository(tenant: identity.tenantID)
                guard let release = try releases.find(db, [id])[id] else {
                    throw APIError.field("plugin_release", APIError.unknownKeyText(id))
                }
                let values = JobValues(
                    user: identity.userID, release: id, action: try release.action(named: action), params: params)
                return (try jobs.create(db, values).id, data)
            }
        }
    }
}
