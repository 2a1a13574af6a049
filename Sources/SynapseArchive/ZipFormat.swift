/// The numbers of the ZIP format.
///
/// Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.16 and 4.4.
enum ZipFormat {
    static let localSignature: UInt32 = 0x0403_4B50
    static let centralSignature: UInt32 = 0x0201_4B50
    static let endSignature: UInt32 = 0x0605_4B50
    static let zip64LocatorSignature: UInt32 = 0x0706_4B50
    static let descriptorSignature: UInt32 = 0x0807_4B50

    static let localByteCount = 30
    static let centralByteCount = 46
    static let endByteCount = 22
    static let zip64LocatorByteCount = 20

    static let encryptedFlag: UInt16 = 1 << 0
    static let descriptorFlag: UInt16 = 1 << 3
    static let patchFlag: UInt16 = 1 << 5
    static let strongEncryptionFlag: UInt16 = 1 << 6
    static let maskedHeaderFlag: UInt16 = 1 << 13
    static let utf8Flag: UInt16 = 1 << 11

    /// 1980-01-01, 00:00: the first moment of the format, so that archives do not differ by when they were made.
    static let date: UInt16 = 1 << 5 | 1
    static let time: UInt16 = 0

    /// Version 2.0, which deflate needs; made on Unix, so that the mode counts.
    static let versionNeeded: UInt16 = 20
    static let versionMade: UInt16 = 3 << 8 | 20

    static let chunkByteCount = 1 << 16
}

/// Reads little-endian numbers.
struct ZipFields {
    private let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    func short(_ offset: Int) -> UInt16 {
        let start = bytes.startIndex + offset
        return UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8
    }

    func long(_ offset: Int) -> UInt32 {
        UInt32(short(offset)) | UInt32(short(offset + 2)) << 16
    }
}

extension [UInt8] {
    mutating func appendShort(_ value: UInt16) {
        append(UInt8(truncatingIfNeeded: value))
        append(UInt8(truncatingIfNeeded: value >> 8))
    }

    mutating func appendLong(_ value: UInt32) {
        appendShort(UInt16(truncatingIfNeeded: value))
        appendShort(UInt16(truncatingIfNeeded: value >> 16))
    }
}
