/// Writes small grey pictures as PNG.
///
/// Source: PNG specification (third edition), sections 5, 9 and 10; RFC 1950 and 1951 for the stored zlib stream.
enum PNG {
    /// Encodes 8-bit grey pixels, row by row from the top.
    ///
    /// - Parameters:
    ///   - grey: `width * height` levels, 0 black, 255 white.
    ///   - width: Pixels of a row.
    ///   - height: Rows. The picture must stay below 64 KiB, which one stored block holds.
    /// - Returns: The file.
    static func encode(grey: [UInt8], width: Int, height: Int) -> [UInt8] {
        var scanlines: [UInt8] = []
        for row in 0..<height {
            scanlines.append(0)
            scanlines += grey[row * width..<(row + 1) * width]
        }
        let header: [UInt8] = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 0, 0, 0, 0]
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        file += chunk("IHDR", header)
        file += chunk("IDAT", stored(scanlines))
        file += chunk("IEND", [])
        return file
    }

    private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + data
        return bigEndian(UInt32(data.count)) + body + bigEndian(crc32(body))
    }

    /// A zlib stream of one stored (not compressed) block.
    private static func stored(_ data: [UInt8]) -> [UInt8] {
        let count = UInt16(data.count)
        var stream: [UInt8] = [0x78, 0x01, 0x01]
        for length in [count, ~count] {
            stream.append(UInt8(length & 0xFF))
            stream.append(UInt8(length >> 8))
        }
        stream += data
        stream += bigEndian(adler32(data))
        return stream
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        [UInt8(value >> 24), UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)]
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 {
                let carry = crc & 1 == 1
                crc >>= 1
                if carry { crc ^= 0xEDB8_8320 }
            }
        }
        return ~crc
    }

    private static func adler32(_ bytes: [UInt8]) -> UInt32 {
        var low: UInt32 = 1
        var high: UInt32 = 0
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        return high << 16 | low
    }
}
