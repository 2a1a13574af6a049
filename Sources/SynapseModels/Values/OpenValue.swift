/// One of a set of words that the server may extend: a word that this version does not know is kept as it is.
public protocol OpenValue: RawRepresentable, Hashable, JSONReadable, JSONWritable, CustomStringConvertible,
    ExpressibleByStringLiteral
where RawValue == String {
    /// The words that are known.
    static var known: [Self] { get }

    /// Makes a value of any word.
    init(rawValue: String)
}

extension OpenValue {
    /// Makes a value of any word in the source.
    public init(stringLiteral value: String) { self.init(rawValue: value) }

    /// Whether this version knows the word.
    public var isKnown: Bool { Self.known.contains(self) }

    /// The word.
    public var description: String { rawValue }

    /// Reads a string.
    public init(reading json: RawJSON) throws(JSONError) {
        self.init(rawValue: try String(reading: json))
    }

    /// Writes a string.
    public func write(to writer: inout JSONWriter) { rawValue.write(to: &writer) }
}
