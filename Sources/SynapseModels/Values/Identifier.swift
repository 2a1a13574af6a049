/// The numeric identifier of one kind of resource, so that a project's id is never taken for a task's.
public struct Identifier<Owner>: RawRepresentable, Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral,
    CustomStringConvertible, LosslessStringConvertible
{
    /// The number on the wire.
    public let rawValue: Int

    /// Makes an identifier from its number.
    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// Makes an identifier from a number in the source.
    public init(integerLiteral value: Int) {
        rawValue = value
    }

    /// Makes an identifier from decimal digits.
    public init?(_ description: String) {
        guard let value = Int(description) else { return nil }
        rawValue = value
    }

    /// The number as text.
    public var description: String { rawValue.description }

    /// Whether one number is below the other.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Identifier: JSONReadable, JSONWritable {
    /// Reads an integer.
    public init(reading json: RawJSON) throws(JSONError) {
        rawValue = try Int(reading: json)
    }

    /// Writes an integer.
    public func write(to writer: inout JSONWriter) { rawValue.write(to: &writer) }
}

/// The identifier of a kind of resource that the wire spells as text, mostly a UUID.
public struct TextIdentifier<Owner>: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    /// The text on the wire.
    public let rawValue: String

    /// Makes an identifier from its text.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Makes an identifier from text in the source.
    public init(stringLiteral value: String) {
        rawValue = value
    }

    /// The text.
    public var description: String { rawValue }
}

extension TextIdentifier: JSONReadable, JSONWritable {
    /// Reads a string, or an integer as its digits.
    public init(reading json: RawJSON) throws(JSONError) {
        if !json.isNumber {
            guard let text = try? String(reading: json) else { throw json.mismatch("a string or an integer") }
            rawValue = text
        } else {
            guard let number = json.scalar?.integerValue else { throw json.mismatch("a string or an integer") }
            rawValue = number.description
        }
    }

    /// Writes a string.
    public func write(to writer: inout JSONWriter) { rawValue.write(to: &writer) }
}
