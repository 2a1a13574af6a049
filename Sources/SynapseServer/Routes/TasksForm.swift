import SynapseModels

/// The body of `POST tasks/` in its three forms: a project with units, a list of pairs, and one pair.
///
/// Source: docs/wire-protocol.md, "Tasks".
struct TasksForm: Sendable {
    let pairs: [TaskValues]
    /// True when errors are told by rows of the request itself.
    private let isList: Bool

    init(_ raw: RawJSON, maximum: Int) throws(APIError) {
        var failures = RowErrors(count: 0)
        var pairs: [TaskValues] = []
        isList = raw.isArray
        let rows: [RawJSON]
        var project: Int64?
        if isList {
            rows = (try? raw.elements()) ?? []
        } else {
            let object = try JSONBody.object(raw)
            guard object.contains("data") else {
                let (pair, errors) = Self.pair(object, project: nil)
                try errors.throwIfAny()
                self.pairs = [pair]
                return
            }
            var reader = FieldReader(object)
            project = reader.integer("project", fallback: nil)
            if (try? object["data"]?.elements()) == nil { reader.errors.add("data", "Expected a list of objects.") }
            try reader.errors.throwIfAny()
            rows = (try? object["data"]?.elements()) ?? []
        }
        guard rows.count <= maximum else {
            throw APIError.field(isList ? "non_field_errors" : "data", "At most \(maximum) tasks in one request.")
        }
        for row in rows {
            guard let object = try? row.row() else {
                failures.rows.append(FieldErrors("non_field_errors", "Invalid data. Expected an object."))
                continue
            }
            let (pair, errors) = Self.pair(object, project: project)
            failures.rows.append(errors)
            pairs.append(pair)
        }
        self.pairs = pairs
        do { try failures.throwIfAny() } catch { throw self.error(error) }
    }

    /// The error that fits the form of the request.
    func error(_ errors: RowErrors) -> APIError {
        if isList { return APIError(rows: errors.rows) }
        if errors.rows.count == 1, pairs.count == 1, let only = errors.rows.first { return APIError(only) }
        var told = FieldErrors()
        for (index, row) in errors.rows.enumerated() {
            for field in row.fields {
                for message in field.messages {
                    if field.name == "project" {
                        told.add("project", message)
                    } else {
                        told.add("data", "[\(index)].\(field.name): \(message)")
                    }
                }
            }
        }
        return APIError(told)
    }

    private static func pair(_ row: JSONRow, project: Int64?) -> (TaskValues, FieldErrors) {
        var reader = FieldReader(row)
        let own = project ?? reader.integer("project", fallback: nil)
        let unit = reader.integer("data_unit", fallback: nil)
        let meta = row["meta"].flatMap { $0.isNull ? nil : $0.description }
        return (TaskValues(project: own, dataUnit: unit, meta: meta), reader.errors)
    }
}
