/// The archive of a plugin release: a file, or bytes in memory.
///
/// ```swift
/// try await client.createPluginRelease(release, file: "build/plugin.zip")
/// ```
public enum PluginArchive: Sendable, Hashable, ExpressibleByStringLiteral {
    /// A file, which is streamed and never held in memory.
    case path(String)
    /// Bytes in memory and the name under which they are sent.
    case bytes([UInt8], filename: String = "plugin.zip")

    /// Names a file by its path.
    public init(stringLiteral value: String) { self = .path(value) }
}
