/// Goes through a file for the content guard: the name, the first 64 KiB, and all of it when it is text.
///
/// Pure but for the reading, which the caller gives.
package enum ContentInspection {
    /// The most findings of one file.
    package static let findingLimit = 10
    private static let headByteCount = 64 << 10
    private static let windowByteCount = 1 << 20
    /// Bytes of the window before that are seen again, so that what lies across the border is found.
    private static let overlapByteCount = 1024
    /// Bytes of UTF-16 that are looked at.
    private static let wideByteLimit: Int64 = 64 << 20

    /// What speaks against a file; `read` answers `count` bytes at an offset, fewer only at the end of the file.
    package static func findings<Failure>(
        name: String, byteCount: Int64, read: (_ offset: Int64, _ count: Int) throws(Failure) -> [UInt8]
    ) throws(Failure) -> [ContentGuard.Finding] {
        var findings: [ContentGuard.Finding] = []
        let ext = ContentNames.ext(of: name)
        if ContentNames.isCredential(name) {
            findings.append(.init(.sensitiveFile, "credential_file_name"))
        }
        if ContentNames.programs.contains(ext) { findings.append(.init(.executable, "extension_\(ext)")) }
        let head = try read(0, Int(min(byteCount, Int64(headByteCount))))
        guard !head.isEmpty else { return findings }
        let kind = ContentSignature.kind(of: head)
        if let kind, ContentSignature.programs.contains(kind) {
            findings.append(.init(.executable, kind, offset: 0))
        } else if head.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")]) {
            findings.append(.init(.executable, "shebang", offset: 0))
        }
        if head.starts(with: "PuTTY-User-Key-File-".utf8) {
            findings.append(.init(.sensitiveFile, "putty_private_key", offset: 0))
        }
        if !ContentSignature.fits(ext, kind, head) {
            findings.append(.init(.typeMismatch, "\(ext)_is_\(kind ?? "unknown")"))
        }
        // The content decides, not the kind: some signatures are plain letters.
        if ContentSignature.isText(head) {
            var scanner = TextScanner(room: findingLimit - findings.count)
            try scan(&scanner, head, byteCount, read)
            findings += scanner.findings
        }
        return Array(findings.prefix(findingLimit))
    }

    private static func scan<Failure>(
        _ scanner: inout TextScanner, _ head: [UInt8], _ byteCount: Int64,
        _ read: (_ offset: Int64, _ count: Int) throws(Failure) -> [UInt8]
    ) throws(Failure) {
        let isWide = ContentSignature.isUTF16(head)
        var decoder = WideDecoder(isBigEndian: head[0] == 0xFE)
        let end = isWide ? min(byteCount, wideByteLimit) : byteCount
        var offset: Int64 = 0
        while offset < end, !scanner.isFull {
            let count = Int(min(Int64(windowByteCount), end - offset))
            // The head is all of most files.
            let piece = offset == 0 && count <= head.count ? Array(head.prefix(count)) : try read(offset, count)
            if piece.isEmpty { return }
            offset += Int64(piece.count)
            scanner.scan(isWide ? decoder.decode(piece) : piece, overlap: overlapByteCount)
        }
    }
}

/// Turns UTF-16 into UTF-8 piece by piece, and leaves out what is broken.
private struct WideDecoder {
    let isBigEndian: Bool
    private var isAtStart = true
    private var half: UInt8?
    private var high: UInt32?

    init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

    mutating func decode(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for byte in bytes {
            guard let first = half else {
                half = byte
                continue
            }
            half = nil
            let unit = isBigEndian ? UInt32(first) << 8 | UInt32(byte) : UInt32(byte) << 8 | UInt32(first)
            if isAtStart {
                // The byte order mark.
                isAtStart = false
                continue
            }
            take(unit, &result)
        }
        return result
    }

    private mutating func take(_ unit: UInt32, _ result: inout [UInt8]) {
        let pending = high
        high = nil
        switch unit {
        case 0xD800...0xDBFF: high = unit
        case 0xDC00...0xDFFF:
            guard let pending, let scalar = Unicode.Scalar(0x10000 + (pending - 0xD800) << 10 + (unit - 0xDC00))
            else { return }
            result.append(contentsOf: UTF8.encode(scalar) ?? .init())
        case 0..<0x80: result.append(UInt8(unit))
        default:
            if let scalar = Unicode.Scalar(unit) { result.append(contentsOf: UTF8.encode(scalar) ?? .init()) }
        }
    }
}
