import SynapseModels

/// The entries that `POST logs/` brings: an object, or a list of objects.
struct JobLogForm: Sendable {
    let entries: [JobLogValues]
    let isList: Bool

    /// - Throws: ``APIError`` that says for each entry what is wrong with it.
    init(_ raw: RawJSON, maximum: Int) throws(APIError) {
        isList = raw.isArray
        let rows = isList ? (try? raw.elements()) ?? [] : [raw]
        guard rows.count <= maximum else {
            throw APIError.field("non_field_errors", "At most \(maximum) log entries in one request.")
        }
        var failures = RowErrors(count: 0)
        var entries: [JobLogValues] = []
        for row in rows {
            guard let object = try? row.row() else {
                failures.rows.append(FieldErrors("non_field_errors", "Invalid data. Expected an object."))
                continue
            }
            let (entry, errors) = Self.entry(object)
            failures.rows.append(errors)
            entries.append(entry)
        }
        self.entries = entries
        do throws(RowErrors) { try failures.throwIfAny() } catch { throw self.error(error) }
    }

    /// The error that fits the form of the request.
    func error(_ errors: RowErrors) -> APIError {
        if !isList, let only = errors.rows.first { return APIError(only) }
        return APIError(rows: errors.rows)
    }

    private static func entry(_ row: JSONRow) -> (JobLogValues, FieldErrors) {
        var reader = FieldReader(row)
        // The older form: a message is an event of that name.
        let message = row["message"].flatMap { $0.isNull ? nil : $0 }
        let event = reader.text("event", fallback: message == nil ? nil : "message", maximum: 255, allowsEmpty: false)
        var data = reader.json("data", fallback: "{}")
        if let message, !row.contains("data") {
            var content: JSONObject = ["content": message.value]
            if let context = row["context"], !context.isNull { content["context"] = context.value }
            data = JSONValue.object(content).description
        }
        let (datetime, salt) = Self.datetime(&reader)
        let entry = JobLogValues(
            job: Self.job(&reader), event: event, step: Self.optional("step", &reader), level: Self.level(&reader),
            data: data, datetime: datetime, salt: salt, file: Self.file(&reader))
        return (entry, reader.errors)
    }

    private static func job(_ reader: inout FieldReader) -> String {
        guard let raw = reader.row["job"], !raw.isNull else {
            reader.errors.add("job", "This field is required.")
            return ""
        }
        guard let id = try? Job.ID(reading: raw) else {
            reader.errors.add("job", "A job's id is required.")
            return ""
        }
        return id.rawValue
    }

    private static func optional(_ key: String, _ reader: inout FieldReader) -> String? {
        guard let raw = reader.row[key], !raw.isNull else { return nil }
        return reader.text(key, fallback: nil, maximum: 255)
    }

    private static func level(_ reader: inout FieldReader) -> String? {
        guard let level = optional("level", &reader)?.lowercased() else { return nil }
        if !LogLevel(rawValue: level).isKnown {
            let words = LogLevel.known.map(\.rawValue).joined(separator: ", ")
            reader.errors.add("level", "\"\(level.prefix(50))\" is not a valid choice: \(words).")
        }
        return level
    }

    /// The time as it was sent; the present with a random text when there is none.
    private static func datetime(_ reader: inout FieldReader) -> (String, salt: String?) {
        guard let raw = reader.row["datetime"], !raw.isNull else {
            return (WireTime.now(), Hexadecimal.random(byteCount: 8))
        }
        guard let text = try? String(reading: raw), WireTime.normalized(text) != nil else {
            reader.errors.add("datetime", "Enter a valid date/time.")
            return ("", nil)
        }
        return (text, nil)
    }

    private static func file(_ reader: inout FieldReader) -> DataURI? {
        guard let raw = reader.row["file"], !raw.isNull else { return nil }
        guard let text = try? String(reading: raw) else {
            reader.errors.add("file", "Not a valid string.")
            return nil
        }
        do throws(DataURI.Problem) {
            return try DataURI(text)
        } catch {
            reader.errors.add("file", error.message)
            return nil
        }
    }
}
