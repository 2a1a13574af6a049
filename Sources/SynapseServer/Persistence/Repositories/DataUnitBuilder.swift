import Crypto
import GRDB

/// Checks and makes the units of one request inside its transaction.
struct DataUnitBuilder {
    /// A unit that can be made.
    struct Plan {
        let values: DataUnitValues
        let files: [(specification: Int64, dataFile: Int64, path: String)]
        let checksum: String
    }

    enum Refusal: Error {
        case fields(FieldErrors)
        case other(any Error)
    }

    let tenant: Int64
    let db: Database
    let store: LocalFileStore
    private var collections: [Int64: DataCollectionRecord?] = [:]
    private var groups: [[String]: Int64] = [:]

    init(tenant: Int64, db: Database, store: LocalFileStore) {
        self.tenant = tenant
        self.db = db
        self.store = store
    }

    mutating func plan(_ values: DataUnitValues) throws(Refusal) -> Plan {
        guard let collection = try other({ try self.collection(values.collection) }) else {
            throw .fields(FieldErrors("data_collection", APIError.unknownKeyText(values.collection)))
        }
        var errors = FieldErrors()
        let specifications = Dictionary(collection.specifications.map { ($0.values.name, $0) }) { first, _ in first }
        var files: [(specification: Int64, dataFile: Int64, path: String)] = []
        var identity: [String] = []
        for file in values.files {
            guard let specification = specifications[file.specification] else {
                errors.add("files", "\(file.specification): the collection has no file specification of this name.")
                continue
            }
            let content = try other { try DataFileRepository(tenant: tenant).find(db, checksum: file.checksum) }
            guard let content else {
                errors.add("files", "\(file.specification): no data file has the checksum \"\(file.checksum)\".")
                continue
            }
            guard try other({ try store.isWhole(content.name, byteCount: content.byteCount) }) else {
                errors.add(
                    "files",
                    "\(file.specification): the bytes of the data file \"\(file.checksum)\" are lost; send the file again."
                )
                continue
            }
            if let text = Self.extensionProblem(specification.values, file, content) {
                errors.add("files", text)
                continue
            }
            files.append((specification.id, content.id, file.path))
            identity.append("\(file.specification)\n\(content.md5)\n\(content.sha1)")
        }
        let given = Set(values.files.map(\.specification))
        for missing in collection.specifications where missing.values.isRequired && !given.contains(missing.values.name)
        {
            errors.add("files", "\(missing.values.name): this file is required.")
        }
        guard errors.isEmpty else { throw .fields(errors) }
        let digest = SHA256.hash(data: Array(identity.sorted().joined(separator: "\n\n").utf8))
        return Plan(values: values, files: files, checksum: Hexadecimal.text(digest))
    }

    /// Makes the unit, or finds the one with the same files.
    mutating func perform(_ plan: Plan) throws -> Int64 {
        let existing = try db.cachedStatement(
            sql: "SELECT id FROM data_unit WHERE data_collection_id = ? AND checksum = ? AND tenant_id = ?")
        let collection = plan.values.collection
        if let id = try Int64.fetchOne(existing, arguments: [collection, plan.checksum, tenant]) { return id }
        let group = try group(plan.values.groups, collection: collection)
        try db.cachedStatement(
            sql: """
                INSERT INTO data_unit (tenant_id, data_collection_id, group_id, checksum, meta, created)
                VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [tenant, collection, group, plan.checksum, plan.values.meta, WireTime.now()])
        let id = db.lastInsertedRowID
        let insertFile = try db.cachedStatement(
            sql: """
                INSERT INTO data_unit_file (data_unit_id, file_specification_id, tenant_id, data_file_id, path)
                VALUES (?, ?, ?, ?, ?)
                """)
        for file in plan.files {
            try insertFile.execute(arguments: [id, file.specification, tenant, file.dataFile, file.path])
        }
        return id
    }

    private mutating func collection(_ id: Int64) throws -> DataCollectionRecord? {
        if let known = collections[id] { return known }
        let found = try DataCollectionRepository(tenant: tenant).find(db, id)
        collections[id] = .some(found)
        return found
    }

    /// The leaf of a path of groups, each made when it is missing.
    private mutating func group(_ path: [String], collection: Int64) throws -> Int64? {
        var parent: Int64?
        var known: [String] = ["\(collection)"]
        for name in path {
            known.append(name)
            if let id = groups[known] {
                parent = id
                continue
            }
            let found = try Int64.fetchOne(
                db,
                sql: "SELECT id FROM data_group WHERE data_collection_id = ? AND ifnull(parent_id, 0) = ? AND name = ?",
                arguments: [collection, parent ?? 0, name])
            if let found {
                parent = found
            } else {
                try db.execute(
                    sql: "INSERT INTO data_group (tenant_id, data_collection_id, parent_id, name) VALUES (?, ?, ?, ?)",
                    arguments: [tenant, collection, parent, name])
                parent = db.lastInsertedRowID
            }
            groups[known] = parent
        }
        return parent
    }

    private func other<Value>(_ body: () throws -> Value) throws(Refusal) -> Value {
        do { return try body() } catch { throw .other(error) }
    }

    /// What is wrong with a file's extension, when the specification lists those that it takes.
    private static func extensionProblem(
        _ specification: FileSpecificationValues, _ file: DataUnitValues.File, _ content: UnitFileContent
    ) -> String? {
        guard !specification.extensions.isEmpty else { return nil }
        let name = file.path.isEmpty ? content.originalName : Filename.base(file.path)
        let suffix = Filename.suffix(name)
        let allowed = specification.extensions.map { ($0.hasPrefix(".") ? String($0.dropFirst()) : $0).lowercased() }
        if allowed.contains(suffix) { return nil }
        return "\(file.specification): the extension \"\(suffix)\" is none of \(allowed.joined(separator: ", "))."
    }
}
