import HTTPTypes
import Hummingbird
import SynapseModels

/// The routes under `data_units/`.
enum DataUnitRoutes {
    private static let maximumFileCount = 1000

    static func add(to table: inout RouteTable) {
        table.on(.get, "data_units") { scope in
            let wanted = FieldSelection(scope.query)
            let tenant = scope.identity.tenantID
            let expandsCollection = scope.query.list("expand").contains("data_collection")
            return try await ListReader(DataUnitRepository.definition, scope).answer { db, rows, writer in
                let records = try DataUnitRepository(tenant: tenant).withFiles(db, rows.map(DataUnitRecord.init))
                let ids = expandsCollection ? Set(records.map(\.collection)) : []
                let collections = try DataCollectionRepository(tenant: tenant).find(db, ids)
                for record in records {
                    writer.element {
                        record.write(to: &$0, wanted, scope.links, collection: collections[record.collection])
                    }
                }
            }
        }
        table.on(.get, "data_units/{id}") { scope in
            let id = try scope.identifier()
            let wanted = FieldSelection(scope.query)
            let tenant = scope.identity.tenantID
            let expandsCollection = scope.query.list("expand").contains("data_collection")
            return try await scope.database.read { db in
                guard let record = try DataUnitRepository(tenant: tenant).find(db, [id])[id] else {
                    throw APIError.notFound
                }
                let collection =
                    expandsCollection ? try DataCollectionRepository(tenant: tenant).find(db, record.collection) : nil
                return Answer { record.write(to: &$0, wanted, scope.links, collection: collection) }
            }
        }
        table.on(.post, "data_units") { scope in
            let body = try await scope.readJSON()
            return try await body.raw.isArray ? createMany(scope, body) : createOne(scope, body)
        }
    }

    private static let changes = [TableChange(table: .dataUnit), TableChange(table: .dataFile, changedExisting: true)]

    private static func createOne(_ scope: RequestScope, _ body: JSONBody) async throws -> Answer {
        let (values, errors) = try values(body.object())
        try errors.throwIfAny()
        let repository = DataUnitRepository(tenant: scope.identity.tenantID)
        do {
            return try await scope.write(body.fingerprint).commit(changing: changes) { db in
                guard let record = try repository.create(db, [values], in: scope.services.files).first else {
                    throw APIError.notFound
                }
                return Answer(status: .created) { record.write(to: &$0, .all, scope.links) }
            }
        } catch let errors as RowErrors {
            throw APIError(errors.rows.first ?? FieldErrors())
        }
    }

    private static func createMany(_ scope: RequestScope, _ body: JSONBody) async throws -> Answer {
        let rows = (try? body.raw.elements()) ?? []
        guard rows.count <= scope.limits.batchRowCount else {
            throw APIError.field("non_field_errors", "At most \(scope.limits.batchRowCount) data units in one request.")
        }
        var all: [DataUnitValues] = []
        var failures = RowErrors(count: rows.count)
        for (index, row) in rows.enumerated() {
            guard let object = try? row.row() else {
                failures.rows[index] = FieldErrors("non_field_errors", "Invalid data. Expected an object.")
                continue
            }
            let (values, errors) = values(object)
            failures.rows[index] = errors
            all.append(values)
        }
        let units = all
        let isEnveloped =
            scope.request.headers[.resultsEnvelope].map { $0.lowercased() == "results" }
            ?? scope.services.configuration.wrapsCreatedUnits
        let repository = DataUnitRepository(tenant: scope.identity.tenantID)
        do {
            try failures.throwIfAny()
            return try await scope.write(body.fingerprint).commit(changing: changes) { db in
                let records = try repository.create(db, units, in: scope.services.files)
                return Answer(status: .created, reserving: records.count * 512) { writer in
                    let write: (inout JSONWriter) -> Void = { writer in
                        writer.array { writer in
                            for record in records { writer.element { record.write(to: &$0, .all, scope.links) } }
                        }
                    }
                    if isEnveloped { writer.object { $0.member("results", write) } } else { write(&writer) }
                }
            }
        } catch let errors as RowErrors {
            throw APIError(rows: errors.rows)
        }
    }

    private static func values(_ row: JSONRow) -> (DataUnitValues, FieldErrors) {
        var reader = FieldReader(row)
        var values = DataUnitValues()
        values.collection = reader.integer("data_collection", fallback: nil)
        values.meta = reader.object("meta", fallback: "{}")
        if let raw = row["groups"], !raw.isNull {
            if let groups = try? [String](reading: raw),
                groups.allSatisfy({ (1...255).contains($0.unicodeScalars.count) && !$0.utf8.contains(0) })
            {
                values.groups = groups
            } else {
                reader.errors.add("groups", "A list of names of 1 to 255 characters, none of them null, is required.")
            }
        }
        guard let files = try? row["files"]?.row() else {
            reader.errors.add("files", row.contains("files") ? "Expected an object." : "This field is required.")
            return (values, reader.errors)
        }
        let members = files.uniqueMembers.sorted { $0.key < $1.key }
        guard (1...maximumFileCount).contains(members.count) else {
            reader.errors.add(
                "files",
                members.isEmpty ? "At least one file is required." : "A unit has at most \(maximumFileCount) files.")
            return (values, reader.errors)
        }
        for (name, raw) in members {
            guard let file = try? raw.row(), let checksum = try? file.read("checksum", as: String.self) else {
                reader.errors.add("files", "\(name): an object with a checksum is required.")
                continue
            }
            let path = (try? file.readIfPresent("path", as: String.self)) ?? ""
            if path.unicodeScalars.count > 4096 || path.utf8.contains(0) {
                reader.errors.add("files", "\(name): the path is not usable.")
            }
            values.files.append(.init(specification: name, checksum: checksum, path: path))
        }
        return (values, reader.errors)
    }
}
