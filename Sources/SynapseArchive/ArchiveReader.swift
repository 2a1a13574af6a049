/// Reads a ZIP archive that may have been made to do harm.
///
/// Everything that names and sizes can tell is checked before the first byte is unpacked: see ``ArchiveError/Code``.
/// Read: entries that are stored or deflated, with or without data descriptors. Refused: encryption, ZIP64, archives in several
/// files, and anything before the first entry. Every method blocks.
public final class ArchiveReader: Sendable {
    /// The entries, in the order of the archive's directory.
    public let entries: [ArchiveEntry]

    let file: Descriptor
    let limits: ArchiveLimits

    /// Opens an archive and checks its directory.
    ///
    /// - Parameters:
    ///   - path: The archive.
    ///   - limits: What is refused.
    /// - Throws: ``ArchiveError``.
    public init(path: String, limits: ArchiveLimits = ArchiveLimits()) throws(ArchiveError) {
        file = try Descriptor.reading(path)
        self.limits = limits
        entries = try ArchiveDirectory(file: file, limits: limits).entries()
    }

    /// The file of a name, or `nil` when the archive has none.
    public subscript(name: String) -> ArchiveEntry? {
        entries.first { $0.name == name && !$0.isFolder }
    }

    /// Reads one file into memory.
    ///
    /// - Parameters:
    ///   - entry: The file.
    ///   - limit: The bytes to take at most.
    /// - Returns: Its content, compared with its checksum.
    /// - Throws: ``ArchiveError``, or `CancellationError`.
    public func read(_ entry: ArchiveEntry, upTo limit: Int) throws -> [UInt8] {
        guard entry.byteCount <= Int64(limit) else {
            throw ArchiveError(
                .limitExceeded, "it has \(entry.byteCount) bytes; at most \(limit) are taken", entry: entry.name)
        }
        var content: [UInt8] = []
        content.reserveCapacity(Int(entry.byteCount))
        try unsafe unpack(entry) { unsafe content.append(contentsOf: $0) }
        return content
    }

    /// Unpacks one file a piece at a time.
    ///
    /// A piece is only valid during the call. More bytes than declared are never handed on.
    func unpack(_ entry: ArchiveEntry, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        do {
            var done: Int64 = 0
            var checksum = Checksum()
            func accept(_ piece: UnsafeRawBufferPointer) throws {
                done += Int64(piece.count)
                guard done <= entry.byteCount else {
                    throw ArchiveError(.sizeMismatch, "it unpacks to more than the \(entry.byteCount) bytes declared")
                }
                unsafe checksum.update(piece)
                try unsafe take(piece)
            }
            let stream = entry.method == .deflated ? try DeflateStream(.unpacking) : nil
            var position = entry.contentOffset
            let end = position + entry.packedByteCount
            while position < end {
                try Task.checkCancellation()
                let piece = try file.read(
                    at: position, count: Int(min(Int64(ZipFormat.chunkByteCount), end - position)))
                if piece.isEmpty { throw ArchiveError(.truncated, "the file ends before it does") }
                position += Int64(piece.count)
                if let stream {
                    try unsafe stream.feed(piece, accept)
                } else {
                    try unsafe piece.withUnsafeBytes { try unsafe accept($0) }
                }
            }
            if let stream, !stream.hasEnded { throw ArchiveError(.damaged, "its packed content has no end") }
            if done != entry.byteCount {
                throw ArchiveError(.sizeMismatch, "it unpacks to \(done) bytes; \(entry.byteCount) are declared")
            }
            if checksum.value != entry.checksum { throw ArchiveError(.checksumMismatch, "its checksum does not match") }
        } catch var error as ArchiveError {
            error.entry = error.entry ?? entry.name
            throw error
        }
    }
}
