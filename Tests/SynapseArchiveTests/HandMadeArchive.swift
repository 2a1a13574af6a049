/// Builds archives byte by byte, so that each field can lie.
struct HandMadeArchive {
    struct Entry {
        var name: [UInt8]
        var content: [UInt8] = []
        var method: UInt16 = 0
        var flags: UInt16 = 1 << 11
        var mode: UInt32 = 0o100_644
        var checksum: UInt32?
        /// What the headers declare, when not the content's own size.
        var byteCount: UInt32?
        var packedByteCount: UInt32?
        /// What the entry's own header says, when not the directory's.
        var localName: [UInt8]?
        var localByteCount: UInt32?
        /// Where the directory says it is, when not where it is.
        var offset: UInt32?

        init(_ name: String) {
            self.name = Array(name.utf8)
        }

        init(_ name: String, _ change: (inout Entry) -> Void) {
            self.name = Array(name.utf8)
            change(&self)
        }
    }

    var entries: [Entry]
    var prefix: [UInt8] = []
    var suffix: [UInt8] = []
    var comment: [UInt8] = []
    var entryCount: UInt16?
    var directoryOffset: UInt32?

    init(_ entries: Entry...) {
        self.entries = entries
    }

    func bytes() -> [UInt8] {
        var file = prefix
        var directory: [UInt8] = []
        for entry in entries {
            let offset = entry.offset ?? UInt32(file.count)
            let checksum = entry.checksum ?? Self.crc32(entry.content)
            let packed = entry.packedByteCount ?? UInt32(entry.content.count)
            let byteCount = entry.byteCount ?? UInt32(entry.content.count)
            let localName = entry.localName ?? entry.name
            file += Self.long(0x0403_4B50) + Self.short(20) + Self.short(entry.flags) + Self.short(entry.method)
            file += Self.long(0) + Self.long(checksum) + Self.long(packed)
            file += Self.long(entry.localByteCount ?? byteCount)
            file += Self.short(UInt16(localName.count)) + Self.short(0) + localName + entry.content
            directory += Self.long(0x0201_4B50) + Self.short(3 << 8 | 20) + Self.short(20) + Self.short(entry.flags)
            directory += Self.short(entry.method) + Self.long(0) + Self.long(checksum) + Self.long(packed)
            directory += Self.long(byteCount) + Self.short(UInt16(entry.name.count)) + Self.short(0) + Self.short(0)
            directory += Self.short(0) + Self.short(0) + Self.long(entry.mode << 16) + Self.long(offset) + entry.name
        }
        let count = entryCount ?? UInt16(entries.count)
        let start = directoryOffset ?? UInt32(file.count)
        file += directory
        file += Self.long(0x0605_4B50) + Self.long(0) + Self.short(count) + Self.short(count)
        file += Self.long(UInt32(directory.count)) + Self.long(start) + Self.short(UInt16(comment.count)) + comment
        return file + suffix
    }

    static func short(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }

    static func long(_ value: UInt32) -> [UInt8] {
        short(UInt16(value & 0xFFFF)) + short(UInt16(value >> 16))
    }

    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 {
                let carry = crc & 1
                crc >>= 1
                if carry == 1 { crc ^= 0xEDB8_8320 }
            }
        }
        return ~crc
    }
}
