/// The body of a request: known length, readable as often as an attempt is made.
///
/// It is a list of segments, each bytes in memory or a range of a file; a reader goes through them in pieces of at
/// most 256 KiB, so that no chunk of a file is ever in memory.
public struct HTTPBody: Sendable {
    package enum Segment: Sendable {
        case bytes([UInt8])
        case file(FileRange)
    }

    /// A range of an open file.
    ///
    /// The digest, where there is one, sees each byte once per reading, in order, before it is sent.
    package struct FileRange: Sendable {
        package var source: FileSource
        package var offset: Int64
        package var byteCount: Int64
        package var digest: (any BodyDigest)?
        /// Told after each piece how many bytes of the range were read.
        package var onRead: (@Sendable (Int64) -> Void)?

        package init(
            source: FileSource, offset: Int64, byteCount: Int64, digest: (any BodyDigest)? = nil,
            onRead: (@Sendable (Int64) -> Void)? = nil
        ) {
            self.source = source
            self.offset = offset
            self.byteCount = byteCount
            self.digest = digest
            self.onRead = onRead
        }
    }

    /// Bytes that a reader hands out at once, at most.
    package static let pieceByteCount = 256 << 10

    package let segments: [Segment]
    /// The value of `Content-Type`.
    public let contentType: String
    /// The length in bytes.
    public let byteCount: Int64

    package init(segments: [Segment], contentType: String) {
        self.segments = segments
        self.contentType = contentType
        byteCount = segments.reduce(0) { $0 + Reader.byteCount(of: $1) }
    }

    /// Creates a body of bytes in memory.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - contentType: The value of `Content-Type`.
    public init(bytes: [UInt8], contentType: String = "application/json") {
        self.init(segments: [.bytes(bytes)], contentType: contentType)
    }

    package func makeReader() -> Reader { Reader(self) }

    /// Bodies up to this size fit into the buffers of both sides.
    package static let smallByteCount: Int64 = 64 << 10

    /// Whether no file has to be read and all of it goes out at once.
    package var isSmallInMemory: Bool {
        byteCount <= Self.smallByteCount && segments.allSatisfy { if case .bytes = $0 { true } else { false } }
    }

    /// The bytes of those segments that are in memory, one behind the other.
    package var bytesInMemory: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Int(byteCount))
        for case .bytes(let bytes) in segments { result += bytes }
        return result
    }

    /// Collects the body; for tests and for transports that cannot stream.
    ///
    /// - Parameter limit: Bytes to take at most.
    /// - Returns: The bytes.
    /// - Throws: ``ClientError`` coded `fileUnreadable`, `fileChanged`, or `invalidArgument` when the body is longer
    ///   than `limit`.
    public func collect(upTo limit: Int) throws(ClientError) -> [UInt8] {
        guard byteCount <= Int64(limit) else {
            throw ClientError(.invalidArgument, "the body has \(byteCount) bytes, more than \(limit)")
        }
        var result: [UInt8] = []
        result.reserveCapacity(Int(byteCount))
        var reader = makeReader()
        while let count = reader.nextPieceByteCount {
            var failure: ClientError?
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                do throws(ClientError) {
                    try unsafe reader.read(into: UnsafeMutableRawBufferPointer(buffer))
                    initialized = count
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            result.append(contentsOf: piece)
        }
        return result
    }
}

/// Sees the bytes of a file while they are read to be sent.
package protocol BodyDigest: AnyObject, Sendable {
    /// Takes the bytes that are at `offset` of the file; a body that is sent again is read again from its start.
    func absorb(_ bytes: UnsafeRawBufferPointer, at offset: Int64)
}

extension HTTPBody {
    /// One pass over a body.
    package struct Reader: Sendable {
        private let segments: [Segment]
        private var index = 0
        /// Bytes of the current segment that were read.
        private var position: Int64 = 0
        /// Bytes of the body that are still to be read.
        private var remaining: Int64

        fileprivate init(_ body: HTTPBody) {
            segments = body.segments
            remaining = body.byteCount
        }

        /// The exact size of the next piece, or `nil` at the end.
        package var nextPieceByteCount: Int? {
            remaining > 0 ? Int(min(remaining, Int64(HTTPBody.pieceByteCount))) : nil
        }

        /// Fills the start of the buffer with the next piece, which is ``nextPieceByteCount`` bytes long.
        ///
        /// Short segments share a piece: each piece costs a write to the socket.
        package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ClientError) {
            guard let count = nextPieceByteCount else { return }
            var filled = 0
            while filled < count {
                let left = Self.byteCount(of: segments[index]) - position
                guard left > 0 else {
                    index += 1
                    position = 0
                    continue
                }
                let part = Int(min(Int64(count - filled), left))
                let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + part])
                switch segments[index] {
                case .bytes(let bytes):
                    unsafe target.copyBytes(from: bytes[Int(position)..<Int(position) + part])
                case .file(let range):
                    try unsafe fill(target, from: range)
                }
                position += Int64(part)
                filled += part
            }
            remaining -= Int64(count)
        }

        private func fill(_ target: UnsafeMutableRawBufferPointer, from range: FileRange) throws(ClientError) {
            var filled = 0
            while filled < target.count {
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: target[filled...])
                let count = try unsafe range.source.read(into: rest, at: range.offset + position + Int64(filled))
                if count == 0 { throw range.source.endedEarly() }
                filled += count
            }
            unsafe range.digest?.absorb(UnsafeRawBufferPointer(target), at: range.offset + position)
            range.onRead?(position + Int64(filled))
        }

        fileprivate static func byteCount(of segment: Segment) -> Int64 {
            switch segment {
            case .bytes(let bytes): Int64(bytes.count)
            case .file(let range): range.byteCount
            }
        }
    }
}
