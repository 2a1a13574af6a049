/// Why a folder can't be packed as a plugin.
public struct PackageError: Error, Sendable, CustomStringConvertible {
    /// One sentence.
    public var message: String

    init(_ message: String) {
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
