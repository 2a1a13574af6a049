import GRDB

/// A query key that narrows a list.
struct ListFilter: Sendable {
    let key: String
    /// True when a comma is part of a value: then only a repeated key gives several values.
    var isFreeText = false
    let condition: @Sendable (_ values: [String]) throws(Problem) -> Condition

    /// Why a value cannot be used; the key is added by the caller.
    struct Problem: Error { let message: String }

    /// Rows whose column is one of the given integers.
    static func integers(_ key: String, _ column: String, isVolatile: Bool = false) -> ListFilter {
        ListFilter(key: key) { values throws(Problem) in
            .oneOf(column, try integers(values), isVolatile: isVolatile)
        }
    }

    /// Rows that are none of the given integers.
    static func excludedIntegers(_ key: String, _ column: String) -> ListFilter {
        ListFilter(key: key) { values throws(Problem) in
            let wanted = Condition.oneOf(column, try integers(values))
            return Condition(sql: "NOT (\(wanted.sql))", arguments: wanted.arguments)
        }
    }

    /// Rows whose column is one of the given words.
    static func words(_ key: String, _ column: String, isVolatile: Bool = false) -> ListFilter {
        ListFilter(key: key) { values throws(Problem) in .oneOf(column, values, isVolatile: isVolatile) }
    }

    /// Rows whose column is one of a fixed set of words.
    static func choices(_ key: String, _ column: String, of words: [String]) -> ListFilter {
        ListFilter(key: key) { values throws(Problem) in
            .oneOf(column, try choices(values, of: words), isVolatile: true)
        }
    }

    /// Rows that a query finds by the integers of another table; `query` ends before its condition.
    static func integers(_ key: String, _ column: String, foundBy query: String) -> ListFilter {
        ListFilter(key: key) { values throws(Problem) in
            found(by: query, .oneOf(column, try integers(values)))
        }
    }

    /// Rows that a query finds by the words of another table; `query` ends before its condition.
    static func choices(_ key: String, _ column: String, of words: [String], foundBy query: String) -> ListFilter {
        ListFilter(key: key) { values throws(Problem) in
            found(by: query, .oneOf(column, try choices(values, of: words)))
        }
    }

    private static func found(by query: String, _ wanted: Condition) -> Condition {
        Condition(sql: "\(query) WHERE \(wanted.sql))", arguments: wanted.arguments, isVolatile: true)
    }

    private static func choices(_ values: [String], of words: [String]) throws(Problem) -> [String] {
        if let odd = values.first(where: { !words.contains($0) }) {
            throw Problem(message: "\"\(odd.prefix(50))\" is not a valid choice.")
        }
        return values
    }

    /// Rows whose column is one of the given texts, which may hold commas.
    static func texts(_ key: String, _ column: String, isVolatile: Bool = false) -> ListFilter {
        ListFilter(key: key, isFreeText: true) { values throws(Problem) in
            .oneOf(column, values, isVolatile: isVolatile)
        }
    }

    /// Rows for which an expression is true, or false.
    static func boolean(_ key: String, _ expression: String, isVolatile: Bool = true) -> ListFilter {
        ListFilter(key: key) { values throws(Problem) in
            guard values.count == 1, let value = QueryParameters.boolean(values[0]) else {
                throw Problem(message: "Must be a valid boolean.")
            }
            return Condition(sql: value ? expression : "NOT (\(expression))", isVolatile: isVolatile)
        }
    }

    /// The four comparisons of an integer column.
    static func integerComparisons(_ key: String, _ column: String) -> [ListFilter] {
        comparisons(key) { sign in
            { values throws(Problem) in
                guard let value = try integers(values).first, values.count == 1 else {
                    throw .init(message: "Enter a number.")
                }
                return Condition(sql: "\(column) \(sign) ?", arguments: [value])
            }
        }
    }

    /// The four comparisons of a column of times, and the two words that mean the same.
    static func timeComparisons(_ key: String, _ column: String, isVolatile: Bool = false) -> [ListFilter] {
        let make: (String) -> @Sendable ([String]) throws(Problem) -> Condition = { sign in
            { values throws(Problem) in
                guard values.count == 1, let time = WireTime.normalized(values[0]) else {
                    throw Problem(message: "Enter a valid date/time.")
                }
                return Condition(sql: "\(column) \(sign) ?", arguments: [time], isVolatile: isVolatile)
            }
        }
        return comparisons(key, make) + [
            ListFilter(key: key + "_after", condition: make(">=")),
            ListFilter(key: key + "_before", condition: make("<=")),
        ]
    }

    private static func comparisons(
        _ key: String, _ make: (String) -> @Sendable ([String]) throws(Problem) -> Condition
    ) -> [ListFilter] {
        [("gt", ">"), ("gte", ">="), ("lt", "<"), ("lte", "<=")].map { name, sign in
            ListFilter(key: "\(key)__\(name)", condition: make(sign))
        }
    }

    static func integers(_ values: [String]) throws(Problem) -> [Int64] {
        var numbers: [Int64] = []
        for value in values {
            guard let number = Int64(value) else { throw Problem(message: "Enter a number.") }
            numbers.append(number)
        }
        return numbers
    }
}
