/// How much an archive may hold.
public struct ArchiveLimits: Sendable {
    /// The number of entries.
    public var entryCount: Int
    /// The bytes of all entries when unpacked.
    public var totalByteCount: Int64
    /// The bytes of one entry when unpacked.
    public var entryByteCount: Int64
    /// How many times as large as its packed form an entry may be, when it is above ``ratioFloorByteCount``.
    public var ratio: Int64
    /// Entries of up to this many bytes may be of any ratio: zeros pack to a thousandth.
    public var ratioFloorByteCount: Int64

    /// Makes limits; the defaults fit a plugin.
    public init(
        entryCount: Int = 20_000, totalByteCount: Int64 = 2 << 30, entryByteCount: Int64 = 1 << 30, ratio: Int64 = 200,
        ratioFloorByteCount: Int64 = 8 << 20
    ) {
        self.entryCount = entryCount
        self.totalByteCount = totalByteCount
        self.entryByteCount = entryByteCount
        self.ratio = ratio
        self.ratioFloorByteCount = ratioFloorByteCount
    }

    func check(entryCount count: Int) throws(ArchiveError) {
        if count > entryCount {
            throw ArchiveError(.limitExceeded, "it has \(count) entries; at most \(entryCount) are taken")
        }
    }

    func check(total: Int64) throws(ArchiveError) {
        if total > totalByteCount {
            throw ArchiveError(
                .limitExceeded, "its content is above \(totalByteCount) bytes, which is the most that is taken")
        }
    }

    func check(_ name: String, byteCount: Int64, packedByteCount: Int64) throws(ArchiveError) {
        if byteCount > entryByteCount {
            throw ArchiveError(
                .limitExceeded, "it has \(byteCount) bytes; at most \(entryByteCount) are taken", entry: name)
        }
        if byteCount > ratioFloorByteCount, byteCount / max(packedByteCount, 1) >= ratio {
            throw ArchiveError(
                .limitExceeded,
                "\(packedByteCount) bytes would unpack to \(byteCount); above \(ratio) times is the mark of a zip bomb",
                entry: name)
        }
    }
}
