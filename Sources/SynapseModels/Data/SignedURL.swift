/// A URL that lets whoever has it do one thing for a while: it is shown nowhere.
///
/// Description, debug description and mirror are redacted. ``value`` is for the one request that it is made for.
public struct SignedURL: Sendable, Hashable {
    /// The whole URL, signature included.
    public let value: String

    /// Wraps a URL.
    public init(_ value: String) {
        self.value = value
    }
}

extension SignedURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<signed URL>`.
    public var description: String { "<signed URL>" }
    /// Always `<signed URL>`.
    public var debugDescription: String { "<signed URL>" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension SignedURL: JSONReadable, JSONWritable {
    /// Reads a string.
    public init(reading json: RawJSON) throws(JSONError) {
        value = try String(reading: json)
    }

    /// Writes the whole URL.
    public func write(to writer: inout JSONWriter) { value.write(to: &writer) }
}
