/// Writes a ZIP archive whose bytes depend on names and contents alone.
///
/// Entries are ordered by the bytes of their names, carry one fixed date, mode 0644 or 0755 and no extra fields. Content is packed
/// by deflate at level 6. Names and sizes are held to the rules of ``ArchiveReader``, so that what is written can be read.
public enum ArchiveWriter: Sendable {
    /// A file that goes into an archive.
    public struct Item: Sendable {
        /// Where its bytes are.
        public enum Content: Sendable {
            /// In the file at a path.
            case file(String)
            /// Here.
            case bytes([UInt8])
        }

        /// The path below the archive's root, components joined by `/`.
        public var name: String
        /// Its bytes.
        public var content: Content
        /// Whether it may be run.
        public var isExecutable: Bool

        /// Makes an item.
        public init(name: String, content: Content, isExecutable: Bool = false) {
            self.name = name
            self.content = content
            self.isExecutable = isExecutable
        }
    }

    /// Writes the archive, a piece at a time, and blocks until it is there.
    ///
    /// - Parameters:
    ///   - items: The files, in any order.
    ///   - path: Where the archive goes; an earlier file there is written over.
    ///   - limits: What is refused.
    /// - Returns: The entries, in the archive's order.
    /// - Throws: ``ArchiveError``, or `CancellationError`.
    public static func write(
        _ items: [Item], to path: String, limits: ArchiveLimits = ArchiveLimits()
    ) throws -> [ArchiveEntry] {
        let ordered = items.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        try limits.check(entryCount: min(ordered.count, 65_535 + (ordered.count > 65_534 ? 1 : 0)))
        var names = EntryNames()
        for item in ordered { try names.take(item.name, isFolder: false) }
        let file = try Descriptor.creating(path)
        var output = Output(file: file)
        var entries: [(entry: ArchiveEntry, offset: Int64)] = []
        var total: Int64 = 0
        for item in ordered {
            let offset = output.offset
            let entry = try output.add(item, limits: limits, total: &total)
            entries.append((entry, offset))
        }
        try output.finish(entries)
        return entries.map(\.entry)
    }

    private struct Output {
        let file: Descriptor
        var offset: Int64 = 0

        mutating func append(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
            try unsafe file.write(bytes, at: offset)
            offset += Int64(bytes.count)
        }

        mutating func append(_ bytes: [UInt8]) throws(ArchiveError) {
            try file.write(bytes, at: offset)
            offset += Int64(bytes.count)
        }

        /// Writes one entry; its header is written when the sizes are known.
        mutating func add(_ item: Item, limits: ArchiveLimits, total: inout Int64) throws -> ArchiveEntry {
            let start = offset
            offset += Int64(ZipFormat.localByteCount + item.name.utf8.count)
            var entry = ArchiveEntry(
                name: item.name, isFolder: false, isExecutable: item.isExecutable, byteCount: 0, packedByteCount: 0,
                method: .deflated, checksum: 0, contentOffset: offset)
            let stream = try DeflateStream(.packing)
            var checksum = Checksum()
            try pieces(of: item) { piece in
                try Task.checkCancellation()
                entry.byteCount += Int64(piece.count)
                total += Int64(piece.count)
                try limits.check(total: total)
                try limits.check(item.name, byteCount: entry.byteCount, packedByteCount: .max)
                unsafe piece.withUnsafeBytes { unsafe checksum.update($0) }
                try unsafe stream.feed(piece) { try unsafe append($0) }
            }
            if entry.byteCount == 0 {
                entry.method = .stored
            } else {
                try unsafe stream.feed([], isLast: true) { try unsafe append($0) }
            }
            entry.packedByteCount = offset - entry.contentOffset
            entry.checksum = checksum.value
            try limits.check(item.name, byteCount: entry.byteCount, packedByteCount: entry.packedByteCount)
            guard offset < Int64(UInt32.max) else {
                throw ArchiveError(.limitExceeded, "the archive would be above 4 GiB", entry: item.name)
            }
            try file.write(Self.localHeader(of: entry), at: start)
            return entry
        }

        private func pieces(of item: Item, _ body: ([UInt8]) throws -> Void) throws {
            switch item.content {
            case .bytes(let bytes):
                if !bytes.isEmpty { try body(bytes) }
            case .file(let path):
                let source = try Descriptor.reading(path)
                var position: Int64 = 0
                while true {
                    let piece = try source.read(at: position, count: ZipFormat.chunkByteCount)
                    if piece.isEmpty { return }
                    try body(piece)
                    position += Int64(piece.count)
                }
            }
        }

        mutating func finish(_ entries: [(entry: ArchiveEntry, offset: Int64)]) throws(ArchiveError) {
            let start = offset
            for (entry, offset) in entries { try append(Self.centralHeader(of: entry, offset: offset)) }
            guard offset < Int64(UInt32.max) else {
                throw ArchiveError(.limitExceeded, "the archive would be above 4 GiB")
            }
            var end: [UInt8] = []
            end.appendLong(ZipFormat.endSignature)
            end.appendLong(0)
            end.appendShort(UInt16(entries.count))
            end.appendShort(UInt16(entries.count))
            end.appendLong(UInt32(offset - start))
            end.appendLong(UInt32(start))
            end.appendShort(0)
            try append(end)
        }

        private static func common(_ entry: ArchiveEntry, _ header: inout [UInt8]) {
            header.appendShort(ZipFormat.versionNeeded)
            header.appendShort(ZipFormat.utf8Flag)
            header.appendShort(entry.method.rawValue)
            header.appendShort(ZipFormat.time)
            header.appendShort(ZipFormat.date)
            header.appendLong(entry.checksum)
            header.appendLong(UInt32(entry.packedByteCount))
            header.appendLong(UInt32(entry.byteCount))
            header.appendShort(UInt16(entry.name.utf8.count))
            header.appendShort(0)
        }

        private static func localHeader(of entry: ArchiveEntry) -> [UInt8] {
            var header: [UInt8] = []
            header.appendLong(ZipFormat.localSignature)
            common(entry, &header)
            return header + Array(entry.name.utf8)
        }

        private static func centralHeader(of entry: ArchiveEntry, offset: Int64) -> [UInt8] {
            var header: [UInt8] = []
            header.appendLong(ZipFormat.centralSignature)
            header.appendShort(ZipFormat.versionMade)
            common(entry, &header)
            header.appendShort(0)
            header.appendShort(0)
            header.appendShort(0)
            header.appendLong(UInt32(0o100_000 | (entry.isExecutable ? 0o755 : 0o644)) << 16)
            header.appendLong(UInt32(offset))
            return header + Array(entry.name.utf8)
        }
    }
}
