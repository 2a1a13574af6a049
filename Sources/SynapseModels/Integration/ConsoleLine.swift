/// A line that a job has printed.
///
/// Source: docs/wire-protocol.md, "Following a console log".
public struct ConsoleLine: Sendable, Hashable {
    /// The line, without its line feed.
    public var text: String
    /// When it was printed; `nil` where the server does not say.
    public var created: Timestamp?

    /// Creates a line.
    ///
    /// - Parameters:
    ///   - text: The line, without its line feed.
    ///   - created: When it was printed.
    public init(text: String, created: Timestamp? = nil) {
        self.text = text
        self.created = created
    }
}
