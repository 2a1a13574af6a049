import GRDB
import HTTPTypes
import Hummingbird
import SynapseModels

/// The routes under `models/`.
enum ModelRoutes {
    static func add(to table: inout RouteTable) {
        table.on(.get, "models") { scope in
            let wanted = FieldSelection(scope.query)
            let expand = Set(scope.query.list("expand"))
            let repository = ModelRepository(tenant: scope.identity.tenantID)
            return try await ListReader(ModelRepository.definition, scope).answer { db, rows, writer in
                let records = rows.map(ModelRecord.init)
                let expansion = try repository.expansion(db, records, expand)
                for record in records { writer.element { record.write(to: &$0, wanted, scope.links, expansion) } }
            }
        }
        table.on(.post, "models") { scope in
            if MultipartReceiver.isMultipart(scope.request.headers) { return try await createFromFile(scope) }
            return try await createFromUpload(scope)
        }
        table.on(.get, "models/{id}") { scope in
            let id = try scope.identifier()
            let wanted = FieldSelection(scope.query)
            let expand = Set(scope.query.list("expand"))
            let repository = ModelRepository(tenant: scope.identity.tenantID)
            return try await scope.database.read { db in
                let record = try repository.existing(db, id)
                let expansion = try repository.expansion(db, [record], expand)
                return Answer { record.write(to: &$0, wanted, scope.links, expansion) }
            }
        }
        table.on(.patch, "models/{id}", change)
    }

    private static let change: RouteTable.Handler = { scope in
        let id = try scope.identifier()
        let body = try await scope.readJSON()
        let row = try body.object()
        let repository = ModelRepository(tenant: scope.identity.tenantID)
        return try await scope.write(body.fingerprint).commit(
            changing: [TableChange(table: .model, changedExisting: true)]
        ) { db in
            let old = try repository.existing(db, id)
            var form = ModelForm(row, over: old.values)
            for key in ["plugin", "version", "checkpoint", "project", "file", "chunked_upload"] where row.contains(key)
            {
                form.errors.add(key, "This cannot be changed once the model is made.")
            }
            try form.errors.throwIfAny()
            let record = try repository.update(db, id, form.values)
            return Answer { record.write(to: &$0, .all, scope.links, .init(showsMetrics: row.contains("metrics"))) }
        }
    }

    /// A model of an upload that is complete.
    private static func createFromUpload(_ scope: RequestScope) async throws -> Answer {
        let body = try await scope.readJSON()
        let row = try body.object()
        var form = ModelForm(row, over: nil)
        let upload = row["chunked_upload"].flatMap { try? ChunkedUpload.ID(reading: $0) }
        if upload == nil { form.errors.add("chunked_upload", "This field is required, or a file.") }
        try form.errors.throwIfAny()
        guard let upload else { throw APIError.notFound }
        let (values, plugin) = (form.values, form.plugin)
        let identity = scope.identity
        return try await scope.write(body.fingerprint).commit(changing: [TableChange(table: .model)]) { db in
            let uploads = ChunkedUploadRepository(tenant: identity.tenantID, user: identity.userID)
            guard let record = try uploads.find(db, upload.rawValue) else {
                throw APIError.field("chunked_upload", APIError.unknownKeyText(upload.rawValue))
            }
            guard let storedFile = record.storedFile else {
                throw APIError.field("chunked_upload", "The upload is not complete.")
            }
            let source = ModelRepository.Source(
                storedFile: storedFile, originalName: record.filename, upload: upload.rawValue)
            return try create(db, scope, values, plugin, source)
        }
    }

    /// One request that brings the file: streamed to a temporary one, hashed on the way, then named by a row.
    private static func createFromFile(_ scope: RequestScope) async throws -> Answer {
        let files = scope.services.files
        let incoming = files.makeIncomingFile()
        let name = LocalFileStore.makeName()
        do {
            let received = try await MultipartReceiver.receive(
                scope.request, files: files, limit: scope.limits.fileByteCount, into: incoming)
            guard let head = received.file else { throw APIError.field("file", "No file was submitted.") }
            let form = ModelForm(try ModelForm.row(received.fields), over: nil)
            try form.errors.throwIfAny()
            let tail = received.tail
            let digests = try await files.run {
                try incoming.append(tail)
                let digests = try incoming.finish()
                try files.adopt(incoming.path, as: name)
                return digests
            }
            var fingerprint = scope.fingerprint()
            for field in received.fields { fingerprint.add("\(field.name)=\(field.value)") }
            fingerprint.add("\(digests.md5) \(digests.sha1) \(digests.byteCount)")
            let (values, plugin) = (form.values, form.plugin)
            let original = Filename.base(head.filename ?? "")
            let outcome = NamingOutcome()
            let answer = try await scope.write(fingerprint).commit(changing: [TableChange(table: .model)]) { db in
                let adoption = try StoredFileRepository(tenant: scope.identity.tenantID).adopt(
                    db, name: name, digests, in: files)
                let source = ModelRepository.Source(storedFile: adoption.id, originalName: original, upload: nil)
                let answer = try create(db, scope, values, plugin, source)
                outcome.note(adoption.isNew)
                return answer
            }
            if !outcome.isNamed { await scope.services.removeUnlessNamed(name) }
            return answer
        } catch {
            // What a failure leaves behind is surplus; the start-up sweep would find it too.
            await files.cleanUp { incoming.discard() }
            await scope.services.removeUnlessNamed(name)
            throw error
        }
    }

    private static func create(
        _ db: Database, _ scope: RequestScope, _ values: ModelValues, _ plugin: String?,
        _ source: ModelRepository.Source
    ) throws -> Answer {
        let repository = ModelRepository(tenant: scope.identity.tenantID)
        var values = values
        values.plugin = try plugin.map { try repository.plugin(db, $0) }
        let record = try repository.create(db, values, source)
        return Answer(status: .created) { record.write(to: &$0, .all, scope.links, .init()) }
    }
}

/// The fields of a request that makes or changes a model.
struct ModelForm {
    private(set) var values: ModelValues
    /// The plugin's code, or its identifier.
    private(set) var plugin: String?
    var errors: FieldErrors

    /// Reads a model over its old values; there are none for a new model, whose name is required.
    init(_ row: JSONRow, over old: ModelValues?) {
        let base = old ?? ModelValues()
        var reader = FieldReader(row)
        values = base
        values.name = reader.text("name", fallback: old?.name, maximum: 200, allowsEmpty: false)
        values.description =
            Self.isNull(row, "description")
            ? base.description : reader.text("description", fallback: base.description, maximum: 100_000)
        values.category = reader.text("category", fallback: base.category, maximum: 50, allowsEmpty: false)
        values.configuration = reader.object("configuration", fallback: base.configuration)
        if row.contains("metrics") {
            values.metrics = Self.isNull(row, "metrics") ? nil : reader.object("metrics", fallback: "{}")
        }
        values.isReleased = reader.boolean("is_released", fallback: base.isReleased)
        values.isExternal = reader.boolean("is_external", fallback: base.isExternal)
        if old == nil {
            values.version =
                Self.isNull(row, "version") ? nil : reader.text("version", fallback: "", maximum: 100)
            if values.version == "" { values.version = nil }
            values.checkpoint = reader.optionalIdentifier("checkpoint", fallback: nil)
            values.project = reader.optionalIdentifier("project", fallback: nil)
        }
        if let raw = row["plugin"], !raw.isNull {
            plugin = (try? Int64(reading: raw)).map { "\($0)" } ?? (try? String(reading: raw))
            if plugin == nil { reader.errors.add("plugin", "The code of a plugin is required, or its identifier.") }
        }
        errors = reader.errors
    }

    private static func isNull(_ row: JSONRow, _ key: String) -> Bool { row[key]?.isNull ?? false }

    /// The text parts of a form as the object that they stand for.
    static func row(_ fields: [(name: String, value: String)]) throws(APIError) -> JSONRow {
        var errors = FieldErrors()
        var writer = JSONWriter()
        var seen: Set<String> = []
        writer.object { writer in
            for field in fields.reversed() where seen.insert(field.name).inserted {
                switch field.name {
                case "configuration", "metrics":
                    if let raw = try? RawJSON(parsing: Array(field.value.utf8), limits: .request) {
                        writer.member(field.name, raw)
                    } else {
                        errors.add(field.name, "Value must be valid JSON.")
                    }
                case "checkpoint", "project":
                    if field.value.isEmpty { continue }
                    if let number = Int64(field.value) {
                        writer.member(field.name, number)
                    } else {
                        errors.add(field.name, "A valid integer is required.")
                    }
                case "is_released", "is_external":
                    if let value = QueryParameters.boolean(field.value) {
                        writer.member(field.name, value)
                    } else {
                        errors.add(field.name, "Must be a valid boolean.")
                    }
                default: writer.member(field.name, field.value)
                }
            }
        }
        try errors.throwIfAny()
        do {
            return try JSONRow(parsing: writer.bytes)
        } catch {
            throw APIError(.badRequest, "Multipart form parse error - \(error.message)")
        }
    }
}
