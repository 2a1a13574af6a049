#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import NIOCore

/// Finds the parts of a `multipart/form-data` body in bytes that arrive in any pieces.
///
/// Feed what arrives, then take events until there is none. Bytes of a part are handed out as slices of what was fed,
/// held back only as far as they could be the beginning of a boundary.
/// Source: docs/wire-protocol.md, "Multipart"; RFC 2046, section 5.1; RFC 7578.
struct MultipartParser {
    enum Event: Equatable {
        case part(MultipartPartHead)
        case data(ByteBuffer)
        case partEnd
        case end
    }

    struct Failure: Error, Equatable { let message: String }

    private enum State { case preamble, afterBoundary, head, body, epilogue }

    private static let headLimit = 16_384
    private let delimiter: [UInt8]
    private var buffer = ByteBuffer()
    private var state = State.preamble
    private var announcedEnd = false

    /// - Parameter boundary: The boundary of the content type, without the leading dashes.
    init(boundary: String) {
        delimiter = Array("\r\n--".utf8) + Array(boundary.utf8)
        // The first boundary has no line end before it: with one put there all boundaries look alike.
        buffer.writeString("\r\n")
    }

    mutating func feed(_ bytes: ByteBuffer) {
        var bytes = bytes
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            buffer.discardReadBytes()
            buffer.writeBuffer(&bytes)
        }
    }

    /// The next event, or nil when more bytes are needed.
    mutating func next() throws(Failure) -> Event? {
        while true {
            switch state {
            case .preamble:
                guard let position = buffer.firstPosition(of: delimiter) else {
                    buffer.moveReaderIndex(forwardBy: max(0, buffer.readableBytes - delimiter.count))
                    return nil
                }
                buffer.moveReaderIndex(forwardBy: position + delimiter.count)
                state = .afterBoundary
            case .afterBoundary:
                guard try skipLineAfterBoundary() else { return nil }
            case .head:
                guard let head = try readHead() else { return nil }
                state = .body
                return .part(head)
            case .body:
                return nextOfBody()
            case .epilogue:
                buffer.clear()
                if announcedEnd { return nil }
                announcedEnd = true
                return .end
            }
        }
    }

    /// Checks that the body ended where a multipart body ends.
    func finish() throws(Failure) {
        guard case .epilogue = state else {
            throw Failure(message: "The multipart body ends before its last boundary.")
        }
    }

    /// Decides by the two bytes after a boundary whether a part or the end follows; false when more bytes are needed.
    private mutating func skipLineAfterBoundary() throws(Failure) -> Bool {
        // White space between boundary and line end is allowed.
        while let byte = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self), byte == 32 || byte == 9 {
            buffer.moveReaderIndex(forwardBy: 1)
        }
        guard let pair = buffer.readInteger(as: UInt16.self) else { return false }
        switch pair {
        case 0x2D2D: state = .epilogue
        case 0x0D0A: state = .head
        default: throw Failure(message: "The multipart boundary is followed by other bytes.")
        }
        return true
    }

    private mutating func readHead() throws(Failure) -> MultipartPartHead? {
        let ending = Array("\r\n\r\n".utf8)
        let text: String
        if buffer.readableBytes >= 2, buffer.getInteger(at: buffer.readerIndex, as: UInt16.self) == 0x0D0A {
            buffer.moveReaderIndex(forwardBy: 2)
            text = ""
        } else if let length = buffer.firstPosition(of: ending), length <= Self.headLimit {
            text = buffer.readString(length: length) ?? ""
            buffer.moveReaderIndex(forwardBy: ending.count)
        } else if buffer.readableBytes > Self.headLimit {
            throw Failure(message: "The headers of a multipart part are too long.")
        } else {
            return nil
        }
        return MultipartPartHead(headerText: text)
    }

    private mutating func nextOfBody() -> Event? {
        if let position = buffer.firstPosition(of: delimiter) {
            if position > 0, let slice = buffer.readSlice(length: position) { return .data(slice) }
            buffer.moveReaderIndex(forwardBy: delimiter.count)
            state = .afterBoundary
            return .partEnd
        }
        let safe = buffer.readableBytes - buffer.trailingMatchLength(of: delimiter)
        guard safe > 0, let slice = buffer.readSlice(length: safe) else { return nil }
        return .data(slice)
    }
}

extension ByteBuffer {
    /// Where a sequence of bytes begins, counted from the reader index.
    ///
    /// The first byte of every pattern here is a carriage return, which is rare enough in content to be searched for.
    fileprivate func firstPosition(of pattern: [UInt8]) -> Int? {
        unsafe withUnsafeReadableBytes { bytes in
            guard let first = pattern.first else { return nil }
            var start = 0
            while bytes.count - start >= pattern.count, let base = bytes.baseAddress {
                let room = bytes.count - start - pattern.count + 1
                guard let hit = unsafe memchr(base + start, Int32(first), room) else { return nil }
                let position = unsafe UnsafeRawPointer(hit) - base
                if unsafe bytes[position..<(position + pattern.count)].elementsEqual(pattern) { return position }
                start = position + 1
            }
            return nil
        }
    }

    /// How many bytes at the end could be the beginning of a pattern.
    fileprivate func trailingMatchLength(of pattern: [UInt8]) -> Int {
        unsafe withUnsafeReadableBytes { bytes in
            var length = min(bytes.count, pattern.count - 1)
            while length > 0 {
                if unsafe bytes.suffix(length).elementsEqual(pattern.prefix(length)) { return length }
                length -= 1
            }
            return 0
        }
    }
}
