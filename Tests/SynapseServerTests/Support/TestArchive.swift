/// Makes small ZIP archives in memory, valid ones and others.
enum TestArchive {
    /// An archive of files that are stored as they are, in the order of their names.
    static func bytes(_ files: [String: String]) -> [UInt8] {
        bytes(files.sorted { $0.key < $1.key }.map { Entry(name: $0.key, content: Array($0.value.utf8)) })
    }

    /// An entry, with what a hostile archive may say about it.
    struct Entry {
        var name: String
        var content: [UInt8]
        var mode: UInt32 = 0o100_644
        var flags: UInt16 = 0
        var checksum: UInt32?
    }

    static func bytes(_ entries: [Entry]) -> [UInt8] {
        var output: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let name = Array(entry.name.utf8)
            let offset = UInt32(output.count)
            var common = short(20) + short(entry.flags | 0x800) + short(0) + short(0) + short(0x21)
            common += long(entry.checksum ?? crc(entry.content))
            common += long(UInt32(entry.content.count)) + long(UInt32(entry.content.count))
            common += short(UInt16(name.count)) + short(0)
            output += long(0x0403_4B50) + common + name + entry.content
            directory += long(0x0201_4B50) + short(0x0314) + common + short(0) + short(0) + short(0)
            directory += long(entry.mode << 16) + long(offset) + name
        }
        let start = UInt32(output.count)
        output += directory + long(0x0605_4B50) + short(0) + short(0)
        output += short(UInt16(entries.count)) + short(UInt16(entries.count))
        return output + long(UInt32(directory.count)) + long(start) + short(0)
    }

    private static func short(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }

    private static func long(_ value: UInt32) -> [UInt8] {
        short(UInt16(value & 0xFFFF)) + short(UInt16(value >> 16))
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
        return ~value
    }
}
