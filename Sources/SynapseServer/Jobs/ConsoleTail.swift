import GRDB
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import SynapseModels

/// Sends a job's console log as it grows, until the job has ended and all of it is out.
///
/// Lines are read from the database in pieces behind the last one that was sent, and the next piece when the socket has
/// taken the one before: a slow reader holds one piece in memory. A shutdown of the server cuts the stream without its
/// end, so that no reader takes it for the end of the log.
///
/// Source: docs/wire-protocol.md, "Following a console log".
struct ConsoleTail: Sendable {
    private static let pieceLineCount = 1000
    private static let pieceByteCount = 256 << 10

    let tail: JobWatch.Tail
    let uuid: String
    let database: ServerDatabase
    let heartbeat: Duration
    let isEventStream: Bool
    /// Whether lines of plain text begin with the time at which they were printed; events always have it.
    let hasTimes: Bool
    /// The number of the first line that is wanted.
    let start: Int64

    func response(to request: Request) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = isEventStream ? "text/event-stream; charset=utf-8" : "text/plain; charset=utf-8"
        headers[.cacheControl] = "no-cache"
        headers[.connection] = "close"
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                let output = TailOutput(writer: writer)
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { try await run(output) }
                        group.addTask {
                            try await gracefulShutdown()
                            throw CancellationError()
                        }
                        defer { group.cancelAll() }
                        try await group.next()
                    }
                }
                try await writer.finish(nil)
            })
    }

    private func run(_ output: TailOutput) async throws {
        var next = start
        if isEventStream {
            try await output.write(Self.event([("type", "connected"), ("job_id", uuid)]))
        }
        while true {
            let version = tail.version
            let hasWriter = tail.hasWriter
            let first = next
            let (lines, status) = try await database.read { [job = tail.job] db in
                try JobRepository.piece(db, job, from: first, Self.pieceLineCount, Self.pieceByteCount)
            }
            if !lines.isEmpty {
                try await output.write(text(lines, from: next))
                next += Int64(lines.count)
            } else if JobStatusRules.isFinal(status), !hasWriter {
                return try await finish(output, status)
            } else if try await !tail.wait(after: version, atMost: heartbeat), isEventStream {
                try await output.write(ByteBuffer(string: ": heartbeat\n\n"))
            }
        }
    }

    private func finish(_ output: TailOutput, _ status: String) async throws {
        guard isEventStream else { return }
        let message = "The job has ended: \(status)."
        try await output.write(Self.event([("type", "complete"), ("message", message), ("status", status)]))
    }

    private func text(_ lines: [PrintedLine], from first: Int64) -> ByteBuffer {
        var buffer = ByteBuffer()
        for (offset, line) in lines.enumerated() {
            if isEventStream {
                buffer.writeString("id: \(first + Int64(offset))\n")
                var event = Self.event([("type", "log"), ("data", line.text), ("created", line.created)])
                buffer.writeBuffer(&event)
            } else {
                if hasTimes { buffer.writeString("\(line.created) ") }
                buffer.writeBytes(Self.plain(line.text))
                buffer.writeInteger(UInt8(ascii: "\n"))
            }
        }
        return buffer
    }

    private static func event(_ members: [(key: String, value: String)]) -> ByteBuffer {
        var writer = JSONWriter()
        writer.object { writer in
            for member in members { writer.member(member.key, member.value) }
        }
        return ByteBuffer(bytes: Array("data: ".utf8) + writer.bytes + Array("\n\n".utf8))
    }

    /// The bytes of a line with a blank in the place of each character that readers of lines take for a line's end.
    static func plain(_ line: String) -> [UInt8] {
        let bytes = Array(line.utf8)
        guard
            bytes.contains(where: {
                (0x0A...0x0D).contains($0) || (0x1C...0x1E).contains($0) || $0 == 0xC2 || $0 == 0xE2
            })
        else { return bytes }
        return Array(
            String(
                String.UnicodeScalarView(
                    line.unicodeScalars.map { scalar in
                        switch scalar.value {
                        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: " "
                        default: scalar
                        }
                    })
            ).utf8)
    }
}

/// The writer of a body, handed to the one task that writes.
private struct TailOutput: @unchecked Sendable {
    // The body waits for that task to end before it touches the writer again: there are never two users at a time.
    let writer: any ResponseBodyWriter

    func write(_ buffer: ByteBuffer) async throws {
        var writer = writer
        try await writer.write(buffer)
    }
}
