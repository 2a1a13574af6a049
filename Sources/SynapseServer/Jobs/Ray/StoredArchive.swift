/// A ZIP file of a few small files, not compressed, made in memory: what it holds may be secret and is never on disk here.
///
/// Source: APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16. All dates are the format's first day, so that the same
/// files are the same bytes.
enum StoredArchive {
    private static let firstDay: UInt16 = 0x21

    static func bytes(of files: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for file in files {
            let offset = archive.count
            var fields: [UInt8] = []
            // The version that is needed, the flag of UTF-8 names, no compression, time and date.
            for value in [20, 0x800, 0, 0, firstDay] as [UInt16] { fields.append(value) }
            fields.append(checksum(file.bytes))
            for _ in 0..<2 { fields.append(UInt32(clamping: file.bytes.count)) }
            fields.append(UInt16(clamping: file.name.utf8.count))
            fields.append(0 as UInt16)
            archive += [0x50, 0x4B, 3, 4] + fields + Array(file.name.utf8) + file.bytes
            directory += [0x50, 0x4B, 1, 2, 20, 3] + fields
            // No comment, the first disk, no attributes but those of a plain file that all may read.
            for value in [0, 0, 0] as [UInt16] { directory.append(value) }
            directory.append(0o100_644 << 16 as UInt32)
            directory.append(UInt32(clamping: offset))
            directory += Array(file.name.utf8)
        }
        let offset = archive.count
        archive += directory
        archive += [0x50, 0x4B, 5, 6]
        for value in [0, 0, UInt16(clamping: files.count), UInt16(clamping: files.count)] { archive.append(value) }
        archive.append(UInt32(clamping: directory.count))
        archive.append(UInt32(clamping: offset))
        archive.append(0 as UInt16)
        return archive
    }

    /// CRC-32 as in ISO 3309.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = .max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
        return ~value
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ value: UInt16) {
        append(UInt8(truncatingIfNeeded: value))
        append(UInt8(truncatingIfNeeded: value >> 8))
    }

    fileprivate mutating func append(_ value: UInt32) {
        append(UInt16(truncatingIfNeeded: value))
        append(UInt16(truncatingIfNeeded: value >> 16))
    }
}
