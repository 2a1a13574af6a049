import SynapseModels

/// Reads the members of a request's object and gathers what is wrong with them.
struct FieldReader {
    let row: JSONRow
    var errors = FieldErrors()

    init(_ row: JSONRow) {
        self.row = row
    }

    /// A text; `fallback` stands in when it is absent, and `nil` makes it required.
    mutating func text(_ key: String, fallback: String?, maximum: Int, allowsEmpty: Bool = true) -> String {
        guard let raw = row[key] else {
            if fallback == nil { errors.add(key, "This field is required.") }
            return fallback ?? ""
        }
        guard let text = try? String(reading: raw) else {
            errors.add(key, raw.isNull ? "This field may not be null." : "Not a valid string.")
            return ""
        }
        if text.isEmpty, !allowsEmpty { errors.add(key, "This field may not be blank.") }
        if text.unicodeScalars.count > maximum {
            errors.add(key, "Ensure this field has no more than \(maximum) characters.")
        }
        // The database's text ends at a null character.
        if text.utf8.contains(0) { errors.add(key, "Null characters are not allowed.") }
        return text
    }

    /// One of a set of words.
    mutating func word(_ key: String, fallback: String?, of words: [String]) -> String {
        let text = text(key, fallback: fallback, maximum: 100)
        if row.contains(key), !words.contains(text), errors.fields.last?.name != key {
            errors.add(key, "\"\(text.prefix(50))\" is not a valid choice.")
        }
        return text
    }

    mutating func boolean(_ key: String, fallback: Bool) -> Bool {
        guard let raw = row[key] else { return fallback }
        if let value = try? Bool(reading: raw) { return value }
        errors.add(key, "Must be a valid boolean.")
        return fallback
    }

    mutating func integer(_ key: String, fallback: Int64?, in range: ClosedRange<Int64> = 0...Int64.max) -> Int64 {
        guard let raw = row[key] else {
            if fallback == nil { errors.add(key, "This field is required.") }
            return fallback ?? 0
        }
        guard let value = try? Int64(reading: raw), range.contains(value) else {
            errors.add(key, "A valid integer is required.")
            return fallback ?? 0
        }
        return value
    }

    /// A relation that may be `null`.
    mutating func optionalIdentifier(_ key: String, fallback: Int64?) -> Int64? {
        guard let raw = row[key] else { return fallback }
        if raw.isNull { return nil }
        return integer(key, fallback: nil)
    }

    /// A list of identifiers, at least one, under the first of some keys that is there.
    mutating func identifiers(_ keys: String..., maximum: Int = 100_000) -> [Int64] {
        let key = keys.first { row.contains($0) } ?? keys[0]
        guard let raw = row[key] else {
            errors.add(key, "This field is required.")
            return []
        }
        guard let values = try? [Int64](reading: raw) else {
            errors.add(key, "A list of integers is required.")
            return []
        }
        guard (1...maximum).contains(values.count) else {
            errors.add(key, "A list of 1 to \(maximum) integers is required.")
            return []
        }
        return values
    }

    /// An open value, kept as the text that came.
    mutating func json(_ key: String, fallback: String) -> String {
        guard let raw = row[key], !raw.isNull else { return fallback }
        return raw.description
    }

    /// An open value that must be an object.
    mutating func object(_ key: String, fallback: String) -> String {
        if let raw = row[key], !raw.isNull, !raw.isObject { errors.add(key, "Value must be an object.") }
        return json(key, fallback: fallback)
    }
}
