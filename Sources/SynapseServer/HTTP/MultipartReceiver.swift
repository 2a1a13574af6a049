import HTTPTypes
import Hummingbird
import NIOCore

/// Something that takes bytes in order; it blocks.
protocol ByteSink: Sendable {
    /// What is done with each piece; the parts can be done at the same time.
    var parts: [@Sendable (ByteBuffer) throws -> Void] { get }
}

extension ByteSink {
    func append(_ buffer: ByteBuffer) throws {
        for part in parts { try part(buffer) }
    }
}

/// Reads a multipart body whose file goes to a sink while it arrives.
///
/// A mebibyte is gathered before the bytes go to the file threads: one hop for a small file, and few for a large one.
/// While they work on it the next one is gathered.
/// Source: docs/wire-protocol.md, "Multipart".
struct MultipartReceiver {
    struct Received: Sendable {
        var fields: [(name: String, value: String)] = []
        /// The head of the file part, when there was one.
        var file: MultipartPartHead?
        /// Bytes of the file that the sink has not been given yet.
        var tail = ByteBuffer()
        var fileByteCount: Int64 = 0

        func field(_ name: String) -> String? { fields.last { $0.name == name }?.value }
    }

    private static let gathered = 1 << 20
    /// Bytes of all text parts with the names of all parts.
    private static let fieldLimit = 1 << 20
    private static let partLimit = 1000
    /// What a part costs beside its bytes.
    private static let partByteCount = 64

    private var work: FileWork
    private let limit: Int64
    private let sink: any ByteSink
    private var received = Received()
    private var current: MultipartPartHead?
    private var text = ByteBuffer()
    private var textByteCount = 0
    private var partCount = 0

    private init(files: LocalFileStore, limit: Int64, sink: any ByteSink) {
        work = FileWork(threads: files.threads)
        self.limit = limit
        self.sink = sink
    }

    static func isMultipart(_ headers: HTTPFields) -> Bool {
        headers[.contentType]?.lowercased().hasPrefix("multipart/form-data") ?? false
    }

    /// Reads a whole body; the limit is on the bytes of the file.
    ///
    /// `count` is told of all bytes of the body as they come.
    static func receive(
        _ request: Request, files: LocalFileStore, limit: Int64, into sink: any ByteSink, count: ByteCount? = nil
    ) async throws -> Received {
        guard let boundary = boundary(request.headers[.contentType]) else {
            throw APIError(.badRequest, "Multipart form parse error - Invalid boundary.")
        }
        var receiver = MultipartReceiver(files: files, limit: limit, sink: sink)
        var parser = MultipartParser(boundary: boundary)
        do {
            for try await buffer in request.body {
                count?.add(buffer.readableBytes)
                parser.feed(buffer)
                while let event = try parser.next() { try await receiver.take(event) }
            }
            while let event = try parser.next() { try await receiver.take(event) }
            try parser.finish()
            try await receiver.work.finish()
        } catch {
            // Whoever cleans up must not meet a thread that still writes.
            try? await receiver.work.finish()
            throw error
        }
        return receiver.received
    }

    private mutating func take(_ event: MultipartParser.Event) async throws {
        switch event {
        case .part(let head):
            current = head
            partCount += 1
            guard partCount <= Self.partLimit else {
                throw APIError(.badRequest, "A multipart body has at most \(Self.partLimit) parts.")
            }
            try count(
                Self.partByteCount + head.name.utf8.count + (head.filename?.utf8.count ?? 0)
                    + (head.contentType?.utf8.count ?? 0))
            if head.filename != nil, head.name == "file" {
                if received.file != nil { throw APIError.field("file", "Only one file is taken.") }
                received.file = head
            }
        case .data(var buffer):
            guard let current else { return }
            if current.filename != nil, current.name == "file" {
                received.fileByteCount += Int64(buffer.readableBytes)
                if received.fileByteCount > limit { throw APIError.tooLarge(limit: limit) }
                received.tail.writeBuffer(&buffer)
                if received.tail.readableBytes >= Self.gathered { try await flush() }
            } else {
                try count(buffer.readableBytes)
                text.writeBuffer(&buffer)
            }
        case .partEnd:
            if let current, current.filename == nil || current.name != "file" {
                received.fields.append((current.name, String(buffer: text)))
            }
            text.clear()
            current = nil
        case .end:
            break
        }
    }

    private mutating func count(_ byteCount: Int) throws(APIError) {
        textByteCount += byteCount
        if textByteCount > Self.fieldLimit { throw APIError.tooLarge(limit: Self.fieldLimit) }
    }

    private mutating func flush() async throws {
        let buffer = received.tail
        received.tail = ByteBuffer()
        received.tail.reserveCapacity(Self.gathered + (256 << 10))
        try await work.begin(sink.parts.map { part in { try part(buffer) } })
    }

    static func boundary(_ contentType: String?) -> String? {
        guard let contentType, let start = contentType.lowercased().firstRange(of: "boundary=") else { return nil }
        // Lower-casing keeps the length of the ASCII text that a content type is.
        let offset = contentType.lowercased().distance(from: contentType.lowercased().startIndex, to: start)
        var value = contentType.dropFirst(offset + "boundary=".count)
        if value.hasPrefix("\"") {
            value = value.dropFirst().prefix { $0 != "\"" }
        } else {
            value = value.prefix { $0 != ";" && $0 != " " }
        }
        return (1...200).contains(value.utf8.count) ? String(value) : nil
    }
}

extension String {
    /// Where a text begins inside this one.
    fileprivate func firstRange(of wanted: String) -> Index? {
        indices.first { self[$0...].hasPrefix(wanted) }
    }
}
