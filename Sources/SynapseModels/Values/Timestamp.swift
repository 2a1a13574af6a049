#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A moment as the wire spells it: RFC 3339 with a time zone, such as `2026-01-15T09:48:11.868076+00:00`.
///
/// The text is kept as received, so that no digit of a fraction is lost.
public struct Timestamp: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The text.
    public let rawValue: String

    /// Takes a text as it is; ``date`` tells whether it is a moment.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Writes a moment in UTC with milliseconds.
    public init(_ date: Date) {
        rawValue = date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// This moment.
    public static var now: Timestamp { Timestamp(Date()) }

    /// The moment, or `nil` when the text is none.
    public var date: Date? {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: rawValue.contains("."))
        return try? style.parse(rawValue)
    }

    /// The text.
    public var description: String { rawValue }
}

extension Timestamp: JSONReadable, JSONWritable {
    /// Reads a string.
    public init(reading json: RawJSON) throws(JSONError) {
        rawValue = try String(reading: json)
    }

    /// Writes a string.
    public func write(to writer: inout JSONWriter) { rawValue.write(to: &writer) }
}
