import NIOCore
import NIOHTTP1

/// The body of one request: of a multipart body the file alone, any other body as it is.
struct FileIntake {
    /// Bytes in which the file of a multipart body has begun at the latest.
    private static let headByteCount = 4096

    /// Bytes of a body whose file needs no spool.
    private static let smallByteCount = 1 << 20

    private var small = ByteBuffer()
    private var spool: Spool?
    private(set) var byteCount: Int64 = 0
    private(set) var fileByteCount: Int64 = 0
    /// The size of the whole upload, from `Content-Range`.
    private(set) var totalByteCount: Int64 = 0

    private var boundary: [UInt8]?
    private var contentByteCount: Int64 = 0
    private(set) var kept: [UInt8] = []
    private var isInFile = false
    private var remaining: Int64 = 0

    init() {}

    init(_ head: HTTPRequestHead, upload: SinkState.Upload?) {
        contentByteCount = head.headers.first(name: "content-length").flatMap(Int64.init) ?? 0
        spool = upload?.spool ?? (contentByteCount > Self.smallByteCount ? Spool() : nil)
        totalByteCount =
            head.headers.first(name: "content-range")?.split(separator: "/").last.flatMap { Int64($0) } ?? 0
        if let type = head.headers.first(name: "content-type"), let mark = type.firstRange(of: "boundary=") {
            boundary = Array(type[mark.upperBound...].filter { $0 != "\"" }.utf8)
        }
    }

    mutating func add(_ buffer: ByteBuffer) {
        byteCount += Int64(buffer.readableBytes)
        guard let boundary else { return kept += buffer.readableBytesView }
        if isInFile { return addFile(buffer.readableBytesView[...]) }
        let before = kept.count
        kept += buffer.readableBytesView.prefix(max(0, Self.headByteCount - before))
        guard let name = find(Array(#"name="file""#.utf8), in: kept),
            let end = find(Array("\r\n\r\n".utf8), in: kept, from: name)
        else { return }
        isInFile = true
        kept = []
        // Behind the file come a line break, the boundary between two pairs of dashes, and a line break.
        remaining = contentByteCount - Int64(end + 4) - Int64(boundary.count + 8)
        if spool == nil { small.reserveCapacity(Int(max(0, remaining))) }
        addFile(buffer.readableBytesView.dropFirst(end + 4 - before))
    }

    private mutating func addFile(_ bytes: ByteBufferView) {
        let part = bytes.prefix(Int(min(remaining, Int64(bytes.count))))
        guard !part.isEmpty else { return }
        if let spool {
            spool.append(part)
        } else {
            small.writeBytes(part)
        }
        fileByteCount += Int64(part.count)
        remaining -= Int64(part.count)
    }

    /// The file that the body brought.
    var file: FileContent { spool.map { .spooled($0) } ?? .small(small) }

    var isMultipart: Bool { boundary != nil }

    /// The first MD5, as 32 digits in quotes, in a body that was kept.
    func firstDigest() -> String? {
        kept.split(separator: UInt8(ascii: "\"")).first { $0.count == 32 }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The first run of digits in a body that was kept.
    func firstNumber() -> Int? {
        let digits = kept.drop { !(0x30...0x39).contains($0) }.prefix { (0x30...0x39).contains($0) }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    /// How often some bytes are in a body that was kept.
    func count(of wanted: [UInt8]) -> Int {
        var count = 0
        var position = 0
        while let found = find(wanted, in: kept, from: position) {
            count += 1
            position = found + wanted.count
        }
        return count
    }

    private func find(_ wanted: [UInt8], in bytes: [UInt8], from start: Int = 0) -> Int? {
        guard bytes.count >= start + wanted.count else { return nil }
        let first = wanted[0]
        var index = start
        let last = bytes.count - wanted.count
        while index <= last {
            if bytes[index] == first, bytes[index..<(index + wanted.count)].elementsEqual(wanted) { return index }
            index += 1
        }
        return nil
    }
}
