/// Something that can be read from one JSON value.
public protocol JSONReadable: Sendable {
    /// Reads the value.
    ///
    /// - Throws: ``JSONError`` that says what was expected; the caller adds where it is.
    init(reading json: RawJSON) throws(JSONError)
}

extension RawJSON: JSONReadable {
    /// Keeps the value as it is.
    public init(reading json: RawJSON) {
        self = json
    }
}

extension JSONValue: JSONReadable {
    /// Reads the value into a tree.
    public init(reading json: RawJSON) {
        self = json.value
    }
}

extension String: JSONReadable {
    /// Reads a string.
    public init(reading json: RawJSON) throws(JSONError) {
        guard case .string(let text) = json.scalar else { throw json.mismatch("a string") }
        self = text
    }
}

extension Bool: JSONReadable {
    /// Reads `true` or `false`.
    public init(reading json: RawJSON) throws(JSONError) {
        switch json.firstByte {
        case UInt8(ascii: "t"): self = true
        case UInt8(ascii: "f"): self = false
        default: throw json.mismatch("a boolean")
        }
    }
}

extension Int64: JSONReadable {
    /// Reads an integer of 64 bits; a decimal without a fraction, such as `3.0`, counts as one.
    public init(reading json: RawJSON) throws(JSONError) {
        switch json.scalar {
        case .integer(let value): self = value
        case .double(let value):
            guard let exact = Int64(exactly: value) else { throw json.mismatch("an integer") }
            self = exact
        case .decimal: throw JSONError(.value, "The number does not fit an integer of 64 bits.")
        default: throw json.mismatch("an integer")
        }
    }
}

extension Int: JSONReadable {
    /// Reads an integer; a decimal without a fraction, such as `3.0`, counts as one.
    public init(reading json: RawJSON) throws(JSONError) {
        let value = try Int64(reading: json)
        guard let exact = Int(exactly: value) else {
            throw JSONError(.value, "The number does not fit an integer of this machine.")
        }
        self = exact
    }
}

extension Double: JSONReadable {
    /// Reads a number as the nearest double.
    public init(reading json: RawJSON) throws(JSONError) {
        guard json.isNumber, let value = json.scalar?.doubleValue else { throw json.mismatch("a number") }
        self = value
    }
}

extension Array: JSONReadable where Element: JSONReadable {
    /// Reads an array; the error of an element names its index.
    public init(reading json: RawJSON) throws(JSONError) {
        self = []
        let elements = try json.elements()
        reserveCapacity(elements.count)
        for element in elements {
            do {
                append(try Element(reading: element))
            } catch {
                throw error.nested(in: "[\(count)]")
            }
        }
    }
}

extension Dictionary: JSONReadable where Key == String, Value: JSONReadable {
    /// Reads an object whose names are free; the error of a member has its name.
    public init(reading json: RawJSON) throws(JSONError) {
        self = [:]
        for (key, value) in try json.row().uniqueMembers {
            do {
                self[key] = try Value(reading: value)
            } catch {
                throw error.nested(in: key)
            }
        }
    }
}
