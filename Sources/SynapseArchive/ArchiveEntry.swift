/// One file or folder of an archive.
public struct ArchiveEntry: Sendable, Hashable {
    /// How an entry is packed.
    public enum Method: UInt16, Sendable {
        /// As it is.
        case stored = 0
        /// Deflate, RFC 1951.
        case deflated = 8
    }

    /// The path below the archive's root, components joined by `/`, without one at the end.
    public var name: String
    /// Whether it is a folder.
    public var isFolder: Bool
    /// Whether it is a file that may be run.
    public var isExecutable: Bool
    /// The bytes when unpacked.
    public var byteCount: Int64
    /// The bytes in the archive.
    public var packedByteCount: Int64
    /// How it is packed.
    public var method: Method
    /// The CRC-32 of the content.
    public var checksum: UInt32
    /// Where the content starts in the archive.
    var contentOffset: Int64
}
