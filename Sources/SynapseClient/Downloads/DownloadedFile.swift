/// A file that was fetched.
public struct DownloadedFile: Sendable, Hashable {
    /// Where it is.
    public var path: String
    /// Bytes.
    public var byteCount: Int64
    /// The MD5 of the content in hexadecimal digits, computed while it came.
    public var checksum: String

    package init(path: String, byteCount: Int64, checksum: String) {
        self.path = path
        self.byteCount = byteCount
        self.checksum = checksum
    }
}
