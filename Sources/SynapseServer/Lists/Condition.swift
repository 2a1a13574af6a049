import GRDB

/// A piece of a WHERE clause with its values.
struct Condition: Sendable {
    var sql: String
    var arguments: [any DatabaseValueConvertible & Sendable] = []
    /// True when a write to an existing row can change which rows it holds for.
    var isVolatile = false

    /// All conditions at once.
    static func all(_ conditions: [Condition]) -> Condition {
        Condition(
            sql: conditions.map { "(\($0.sql))" }.joined(separator: " AND "),
            arguments: conditions.flatMap(\.arguments),
            isVolatile: conditions.contains(where: \.isVolatile)
        )
    }

    /// The clause with its values as text: equal text, equal rows.
    var cacheText: String {
        sql + "\u{1F}" + arguments.map { "\($0.databaseValue)" }.joined(separator: "\u{1F}")
    }

    static func oneOf(_ column: String, _ values: [some DatabaseValueConvertible & Sendable], isVolatile: Bool = false)
        -> Condition
    {
        let marks = Array(repeating: "?", count: values.count).joined(separator: ", ")
        return Condition(sql: "\(column) IN (\(marks))", arguments: values, isVolatile: isVolatile)
    }
}
