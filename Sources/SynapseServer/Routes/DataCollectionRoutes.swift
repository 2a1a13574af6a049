import HTTPTypes
import SynapseModels

/// The routes under `data_collections/`.
enum DataCollectionRoutes {
    static func add(to table: inout RouteTable) {
        table.on(.get, "data_collections") { scope in
            let wanted = FieldSelection(scope.query)
            let repository = DataCollectionRepository(tenant: scope.identity.tenantID)
            return try await ListReader(DataCollectionRepository.definition, scope).answer { db, rows, writer in
                for record in try repository.withSpecifications(db, rows.map(DataCollectionRecord.init)) {
                    writer.element { record.write(to: &$0, wanted) }
                }
            }
        }
        table.on(.post, "data_collections") { scope in
            let body = try await scope.readJSON()
            let values = try values(body.object())
            let repository = DataCollectionRepository(tenant: scope.identity.tenantID)
            return try await scope.write(body.fingerprint).commit(changing: [TableChange(table: .dataCollection)]) {
                db in
                let record = try repository.create(db, values)
                return Answer(status: .created) { record.write(to: &$0, .all) }
            }
        }
        table.on(.get, "data_collections/{id}") { scope in
            let id = try scope.identifier()
            let wanted = FieldSelection(scope.query)
            let repository = DataCollectionRepository(tenant: scope.identity.tenantID)
            return try await scope.database.read { db in
                guard let record = try repository.find(db, id) else { throw APIError.notFound }
                return Answer { record.write(to: &$0, wanted) }
            }
        }
    }

    private static func values(_ row: JSONRow) throws(APIError) -> DataCollectionValues {
        var reader = FieldReader(row)
        var values = DataCollectionValues(
            name: reader.text("name", fallback: nil, maximum: 100, allowsEmpty: false),
            description: reader.text("description", fallback: "", maximum: 100_000),
            category: reader.word("category", fallback: "image", of: CollectionCategory.known.map(\.rawValue)),
            meta: reader.object("meta", fallback: "{}"),
            caution: reader.word("caution", fallback: "", of: ["", "sensitive_content"]),
            accessLevel: reader.word("access_level", fallback: "private", of: AccessLevel.known.map(\.rawValue))
        )
        do {
            let elements = try row.readIfPresent("file_specifications", as: [RawJSON].self) ?? []
            for (index, element) in elements.enumerated() {
                values.specifications.append(try specification(element, index: index, &reader.errors))
            }
        } catch {
            reader.errors.add("file_specifications", "Expected a list of objects.")
        }
        let names = values.specifications.map(\.name)
        if Set(names).count != names.count {
            reader.errors.add("file_specifications", "Names of file specifications must differ.")
        }
        try reader.errors.throwIfAny()
        return values
    }

    private static func specification(
        _ raw: RawJSON, index: Int, _ errors: inout FieldErrors
    ) throws(JSONError) -> FileSpecificationValues {
        var reader = FieldReader(try raw.row())
        var values = FileSpecificationValues(
            name: reader.text("name", fallback: nil, maximum: 50, allowsEmpty: false),
            description: reader.text("description", fallback: "", maximum: 100_000),
            fileType: reader.word("file_type", fallback: nil, of: FileType.known.map(\.rawValue)),
            configuration: reader.object("configuration", fallback: "{}"),
            isRequired: reader.boolean("is_required", fallback: false),
            isPrimary: reader.boolean("is_primary", fallback: false),
            isSequential: reader.boolean("is_sequential", fallback: false),
            functionType: reader.word("function_type", fallback: "", of: ["", "main", "sub", "meta"]),
            position: reader.integer("index", fallback: Int64(index), in: 0...1_000_000)
        )
        if let list = try? reader.row.readIfPresent("extensions", as: [String].self) {
            values.extensions = list.filter { !$0.isEmpty && !$0.contains("\n") && !$0.utf8.contains(0) }
        }
        for field in reader.errors.fields {
            for message in field.messages { errors.add("file_specifications", "[\(index)].\(field.name): \(message)") }
        }
        return values
    }
}
