import CZlib

/// Packs or unpacks one stream of deflate data.
///
/// Source: RFC 1951. zlib keeps a pointer to its own structure, so that it lives on the heap, owned by this object alone.
@safe
final class DeflateStream {
    enum Direction {
        case packing
        case unpacking
    }

    private let direction: Direction
    private let stream: UnsafeMutablePointer<z_stream>
    private var output = [UInt8](repeating: 0, count: ZipFormat.chunkByteCount)
    /// Whether the stream's end has been written or met.
    private(set) var hasEnded = false

    init(_ direction: Direction) throws(ArchiveError) {
        self.direction = direction
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let size = Int32(unsafe MemoryLayout<z_stream>.size)
        // Negative window bits: no zlib header, which is what a ZIP entry holds.
        let status =
            switch direction {
            case .packing:
                unsafe deflateInit2_(stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
            case .unpacking: unsafe inflateInit2_(stream, -15, ZLIB_VERSION, size)
            }
        if status != Z_OK {
            throw ArchiveError(.inputOutput, "zlib could not be started (status \(status))")
        }
    }

    deinit {
        switch direction {
        case .packing: unsafe _ = deflateEnd(stream)
        case .unpacking: unsafe _ = inflateEnd(stream)
        }
        unsafe stream.deallocate()
    }

    /// Feeds bytes and hands on what comes out, a piece at a time.
    ///
    /// A piece of output is only valid during the call.
    func feed(
        _ bytes: [UInt8], isLast: Bool = false, _ take: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard !hasEnded || bytes.isEmpty else { throw ArchiveError(.damaged, "bytes follow the end of the content") }
        var input = bytes
        try unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe stream.pointee.next_in = input.baseAddress
            unsafe stream.pointee.avail_in = UInt32(input.count)
            defer { unsafe stream.pointee.next_in = nil }
            var isFull = true
            while isFull, !hasEnded {
                isFull = try unsafe step(isLast: isLast, take)
            }
            if unsafe stream.pointee.avail_in > 0 {
                throw ArchiveError(.damaged, "bytes follow the end of the content")
            }
        }
    }

    /// Runs zlib once.
    ///
    /// - Returns: Whether it filled the output, so that there is more.
    private func step(isLast: Bool, _ take: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        try unsafe output.withUnsafeMutableBytes { buffer in
            unsafe stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            unsafe stream.pointee.avail_out = UInt32(buffer.count)
            let status =
                switch direction {
                case .packing: unsafe deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                case .unpacking: unsafe inflate(stream, Z_NO_FLUSH)
                }
            let rest = Int(unsafe stream.pointee.avail_out)
            switch status {
            case Z_STREAM_END: hasEnded = true
            case Z_OK, Z_BUF_ERROR: break
            default: throw ArchiveError(.damaged, "its packed content is not deflate data")
            }
            let count = buffer.count - rest
            if count > 0 { try unsafe take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            return rest == 0
        }
    }
}

/// A running CRC-32, as ZIP uses it.
struct Checksum {
    private(set) var value: UInt32 = 0

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        value = UInt32(truncatingIfNeeded: unsafe crc32(UInt(value), start, UInt32(bytes.count)))
    }
}
