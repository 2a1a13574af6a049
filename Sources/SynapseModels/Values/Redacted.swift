/// A value that is at hand in code and never shown: a password, a key, a token.
///
/// Description, debug description and mirror say `<redacted>`, so that neither `print`, string interpolation nor `dump`
/// shows the value. Writing it as JSON writes it out, because that is asked for.
public struct Redacted<Value: Sendable>: Sendable {
    /// The value itself; keep it out of logs.
    public var revealed: Value

    /// Wraps a value.
    public init(_ value: Value) {
        revealed = value
    }
}

extension Redacted: Equatable where Value: Equatable {}
extension Redacted: Hashable where Value: Hashable {}

extension Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<redacted>`.
    public var description: String { "<redacted>" }
    /// Always `<redacted>`.
    public var debugDescription: String { "<redacted>" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Redacted: JSONReadable where Value: JSONReadable {
    /// Reads the value.
    public init(reading json: RawJSON) throws(JSONError) {
        self.init(try Value(reading: json))
    }
}

extension Redacted: JSONWritable where Value: JSONWritable {
    /// Writes the value itself.
    public func write(to writer: inout JSONWriter) { revealed.write(to: &writer) }
}
