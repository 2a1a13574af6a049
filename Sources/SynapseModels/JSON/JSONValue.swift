/// Any JSON value, as a tree.
///
/// Integers of 64 bits stay apart from decimals, members keep their order, and a number that neither an `Int64` nor a
/// `Double` can hold without loss is kept as its text, so that reading and writing a payload changes nothing in it.
///
/// Source: RFC 8259.
public enum JSONValue: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number without fraction and exponent that fits 64 bits.
    case integer(Int64)
    /// A number with fraction or exponent that a double holds without loss.
    case double(Double)
    /// The text of a number that neither of the other two can hold without loss. It must be a JSON number.
    case decimal(String)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)

    /// Reads one JSON document.
    ///
    /// - Parameters:
    ///   - bytes: The document as UTF-8. A byte order mark is not accepted.
    ///   - limits: How deep and how long it may be.
    /// - Throws: ``JSONError`` with the byte offset of the first problem.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        try limits.check(byteCount: bytes.count)
        self = try JSONScanner.scan(bytes, 0..<bytes.count, maximumDepth: limits.maximumDepth) {
            (scanner: inout JSONScanner) throws(JSONError) in
            var builder = JSONTreeBuilder(scanner: scanner)
            return try builder.document()
        }
    }

    /// Reads one JSON document.
    ///
    /// - Throws: ``JSONError`` with the byte offset of the first problem.
    public init(parsing text: String, limits: JSONLimits = .default) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    /// The value as compact JSON.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }

    // MARK: Access

    /// The member of an object, or `nil`.
    public subscript(key: String) -> JSONValue? {
        objectValue?[key]
    }

    /// The element of an array, or `nil` when there is none.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// Whether it is `null`.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The boolean, or `nil` for another type.
    public var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The integer, or `nil` for another type.
    public var integerValue: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The number as the nearest double, or `nil` for another type.
    public var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        case .decimal(let text): Double(text)
        default: nil
        }
    }

    /// The string, or `nil` for another type.
    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The elements, or `nil` for another type.
    public var arrayValue: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The object, or `nil` for another type.
    public var objectValue: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// What an error says the value is.
    var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .double, .decimal: "a decimal number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONLimits {
    func check(byteCount: Int) throws(JSONError) {
        guard byteCount <= maximumByteCount else {
            throw JSONError(
                .size, "The document has \(byteCount) bytes, more than the \(maximumByteCount) that are read at once.")
        }
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value as compact JSON.
    public var description: String {
        String(decoding: serialized(), as: UTF8.self)
    }
}
