/// What a list reads and what it can be asked.
struct ListDefinition: Sendable {
    let table: ListedTable
    /// The columns that a row is written from.
    var columns: String
    /// Wire names that the list can be ordered by, and their columns.
    var orderings: [String: String] = [:]
    /// The order when none is asked for, such as `["-id"]`; empty means by identifier, the only order with fast deep pages.
    var defaultOrdering: [String] = []
    /// Columns that `search` looks into.
    var searched: [String] = []
    var filters: [ListFilter] = []
    /// What holds for every row of the list, whatever is asked.
    var always: Condition?
    /// Filters that the platform has and this server cannot serve: ignoring one would widen the list without a word.
    var refused: Set<String> = []

    /// Bytes of a `search`; the database refuses patterns of some length, and long ones are slow.
    private static let searchByteCount = 1000

    /// Keys that are no filters.
    private static let general: Set<String> = [
        "page", "page_size", "limit", "offset", "pagination", "cursor", "ordering", "search", "fields", "expand",
        "url_host", "response_mode",
    ]

    /// The same list, of which only some columns are read.
    func reading(_ columns: String) -> ListDefinition {
        var definition = self
        definition.columns = columns
        return definition
    }

    /// Reads the filters of a query.
    ///
    /// - Throws: ``APIError`` with status 400 that names the key of a value that cannot be used and of a filter that
    ///   cannot be served. Keys that look like no filter are ignored, as the platform does.
    func conditions(_ query: QueryParameters) throws(APIError) -> [Condition] {
        var errors = FieldErrors()
        var conditions: [Condition] = []
        let known = Set(filters.map(\.key))
        var asked: Set<String> = []
        for (key, _) in query.items where !Self.general.contains(key) && asked.insert(key).inserted {
            if !known.contains(key), refused.contains(key) || key.contains("__") {
                errors.add(key, "This server cannot filter by this key.")
            }
        }
        // In the definition's order, so that the same filters make the same condition however they are sent.
        for filter in filters where asked.remove(filter.key) != nil {
            let values = filter.isFreeText ? query.values(filter.key) : query.list(filter.key)
            do throws(ListFilter.Problem) {
                guard !values.isEmpty else { throw ListFilter.Problem(message: "A value is needed.") }
                conditions.append(try filter.condition(values))
            } catch {
                errors.add(filter.key, error.message)
            }
        }
        try errors.throwIfAny()
        if let text = query["search"], !text.isEmpty, !searched.isEmpty { conditions.append(try search(text)) }
        return conditions
    }

    /// Refuses what every list understands, for the few short ones that have no filters.
    static func refuseFilters(_ query: QueryParameters) throws(APIError) {
        var errors = FieldErrors()
        for key in ["search", "ids", "ids_ex", "ordering"] where query[key] != nil {
            errors.add(key, "This list cannot be filtered or ordered.")
        }
        try errors.throwIfAny()
    }

    private func search(_ text: String) throws(APIError) -> Condition {
        guard text.utf8.count <= Self.searchByteCount else {
            throw APIError.field("search", "Ensure this text has no more than \(Self.searchByteCount) bytes.")
        }
        // The database's pattern ends at a null character, and would match everything.
        guard !text.utf8.contains(0) else { throw APIError.field("search", "Null characters are not allowed.") }
        var spellings: [String] = []
        for spelling in [text, Self.escaped(text, asASCII: false), Self.escaped(text, asASCII: true)]
        where !spellings.contains(spelling) { spellings.append(spelling) }
        let patterns = spellings.map { "%\(Self.literal($0))%" }
        return Condition(
            sql: searched.flatMap { column in patterns.map { _ in "\(column) LIKE ? ESCAPE '\\'" } }
                .joined(separator: " OR "),
            arguments: searched.flatMap { _ in patterns },
            isVolatile: true
        )
    }

    /// A text as the pattern that matches it alone.
    private static func literal(_ text: String) -> String {
        // By scalars: as characters, a percent sign with a combining mark behind it is none, and stays a wildcard.
        var result = ""
        for scalar in text.unicodeScalars {
            if "%_\\".unicodeScalars.contains(scalar) { result.unicodeScalars.append("\\") }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// A text as it stands inside of JSON, which is kept as it came: some clients escape all but ASCII.
    private static func escaped(_ text: String, asASCII: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where asASCII && !scalar.isASCII:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The filters that every list has.
    static func common(_ table: ListedTable) -> [ListFilter] {
        let id = "\(table.rawValue).id"
        return [
            .integers("ids", id), .excludedIntegers("ids_ex", id), .integers("id", id), .integers("id__in", id),
        ] + ListFilter.integerComparisons("id", id)
    }
}
