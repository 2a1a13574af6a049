import AsyncHTTPClient
import GRDB
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import SynapseModels
import SynapseTestSupport
import Synchronization
import Testing

@testable import SynapseServer

/// Clients that stop in the middle.
@Suite(.timeLimit(.minutes(2)))
struct ConnectionTests {
    private static func connect(_ backend: EmbeddedBackend) async throws -> any Channel {
        let port = Int(backend.url.split(separator: ":").last ?? "") ?? 0
        return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port).get()
    }

    /// Whether the other side closes a connection within a time.
    private static func isClosed(_ channel: any Channel, within time: TimeAmount = .seconds(30)) async throws -> Bool {
        let timer = channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
        try await channel.closeFuture.get()
        timer.cancel()
        return (try? await timer.futureResult.get()) == nil
    }

    @Test func silentConnectionsAreClosed() async throws {
        try await withEmbeddedBackend(configure: { $0.idleTimeout = .seconds(1) }) { backend in
            let silent = try await Self.connect(backend)
            #expect(try await Self.isClosed(silent))
            let half = try await Self.connect(backend)
            try await half.writeAndFlush(
                ByteBuffer(string: "POST /projects/ HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
            ).get()
            #expect(try await Self.isClosed(half))
            #expect(try await TestClient(backend).get("/health").status == 200)
        }
    }

    /// RFC 9112, section 9.3: an HTTP/1.0 client that does not ask for more is done after one answer.
    @Test func connectionsOfHTTP10AreClosedUnlessTheyAreToBeKept() async throws {
        try await withEmbeddedBackend { backend in
            for (version, header, closes) in [
                ("1.0", "", true), ("1.0", "Connection: Keep-Alive\r\n", false), ("1.1", "", false),
                ("1.1", "Connection: close\r\n", true),
            ] {
                let channel = try await Self.connect(backend)
                let request = "GET /health HTTP/\(version)\r\nHost: x\r\n\(header)\r\n"
                try await channel.writeAndFlush(ByteBuffer(string: request)).get()
                #expect(
                    try await Self.isClosed(channel, within: .seconds(closes ? 20 : 1)) == closes,
                    "\(version) \(header)")
            }
        }
    }

    /// RFC 9110, section 10.1.1: a client that waits for it is told to go on, in its turn.
    @Test func aClientThatWaitsIsToldToGoOn() async throws {
        try await withEmbeddedBackend { backend in
            let head = "POST /projects/ HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n"
            let cases: [(String, [String], String)] = [
                (head + "\r\n", ["100 Continue"], "{}"),
                ("GET /health HTTP/1.1\r\nHost: x\r\n\r\n" + head + "\r\n", ["200 OK", "100 Continue"], "{}"),
                (head.replacing("HTTP/1.1", with: "HTTP/1.0") + "\r\n{}", [], ""),
            ]
            for (text, before, body) in cases {
                let answers = Mutex("")
                let channel = try await Self.connect(backend)
                try await channel.pipeline.addHandler(TextCollector { text in answers.withLock { $0 += text } }).get()
                try await channel.writeAndFlush(ByteBuffer(string: text)).get()
                let statuses: @Sendable () -> [String] = {
                    answers.withLock { $0 }.split(separator: "HTTP/1.1 ").map { String($0.prefix { $0 != "\r\n" }) }
                }
                try await eventually { statuses().starts(with: before) }
                if !body.isEmpty { try await channel.writeAndFlush(ByteBuffer(string: body)).get() }
                try await eventually { statuses() == before + ["401 Unauthorized"] }
                try? await channel.close()
            }
        }
    }

    private final class TextCollector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        private let take: @Sendable (String) -> Void

        init(_ take: @escaping @Sendable (String) -> Void) { self.take = take }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { take(String(buffer: unwrapInboundIn(data))) }
    }

    @Test func connectionsAreBounded() async throws {
        try await withEmbeddedBackend(configure: { $0.maximumConnectionCount = 2 }) { backend in
            var open: [any Channel] = []
            for _ in 0..<6 { open.append(try await Self.connect(backend)) }
            let health = HTTPClientRequest(url: backend.url + "/health")
            await #expect(throws: (any Error).self) {
                _ = try await HTTPClient.shared.execute(health, timeout: .seconds(1))
            }
            for channel in open { try await channel.close() }
            #expect(try await HTTPClient.shared.execute(health, timeout: .seconds(30)).status == .ok)
        }
    }

    /// A client that lost its connection half-way comes back on another one and goes on.
    @Test func aNewerRequestTakesAStalledUploadOver() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let piece = [UInt8](repeating: 7, count: 3 << 20)
            let total = piece.count * 2
            let first = try await client.chunk("/chunked_upload/", piece, range: "bytes 0-\(piece.count - 1)/\(total)")
            let path = first["url"].stringValue ?? ""
            let range = "bytes \(piece.count)-\(total - 1)/\(total)"
            let part = backend.dataDirectory + "/uploads/\(first["id"].stringValue ?? "").part"
            try await withThrowingTaskGroup(of: Void.self) { group in
                let stalled = StallingSequence(bytes: TestClient.multipart(file: piece), at: 2 << 20)
                group.addTask {
                    _ = try? await client.with("Content-Range", range).send(
                        .PUT, path, body: .stream(stalled, length: .unknown),
                        type: "multipart/form-data; boundary=b0undary")
                }
                try await eventually { try OpenFile(path: part, mode: .reading).byteCount() > piece.count }
                let start = ContinuousClock.now
                let again = try await client.chunk(path, piece, range: range)
                #expect(start.duration(to: .now) < .seconds(30))
                #expect(again.status == 200, "\(again.text)")
                #expect(again["offset"] == .integer(Int64(total)))
                let done = try await client.post(path, ["md5": .string(TestClient.md5(piece + piece))])
                #expect(done.status == 200)
                group.cancelAll()
            }
        }
    }

    /// A slow client is none that has stalled, however small its pieces are.
    @Test func aSlowUploadIsNotTakenOver() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let piece = [UInt8](repeating: 7, count: 10 * 65_536)
            let total = piece.count * 2
            let first = try await client.chunk("/chunked_upload/", piece, range: "bytes 0-\(piece.count - 1)/\(total)")
            let path = first["url"].stringValue ?? ""
            let range = "bytes \(piece.count)-\(total - 1)/\(total)"
            let locks = backend.server.services.assembler.locks
            let id = first["id"].stringValue ?? ""
            try await withThrowingTaskGroup(of: Void.self) { group in
                let slow = SlowSequence(bytes: TestClient.multipart(file: piece), pause: .milliseconds(500))
                group.addTask {
                    let reply = try await client.with("Content-Range", range).send(
                        .PUT, path, body: .stream(slow, length: .unknown),
                        type: "multipart/form-data; boundary=b0undary")
                    #expect(reply.status == 200, "\(reply.text)")
                }
                try await Task.sleep(for: .seconds(1))
                group.addTask {
                    let reply = try await client.chunk(path, piece, range: range)
                    #expect(reply.status == 200, "\(reply.text)")
                }
                try await eventually { locks.isAwaited(id) }
                try await group.waitForAll()
            }
        }
    }

    /// The time to finish requests is over in the middle of an upload: its temporary file goes with it.
    @Test(arguments: ["data_files", "models", "plugin_releases"])
    func whatACancelledRequestLeavesIsRemoved(resource: String) async throws {
        try await withTemporaryDirectory { directory in
            var configuration = BackendServerConfiguration(dataDirectory: directory, port: 0)
            configuration.logger.logLevel = .critical
            let server = try BackendServer(configuration)
            let uploads = directory + "/uploads"
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await withThrowingTaskGroup(of: Void.self) { running in
                    running.addTask { try? await server.run() }
                    let url = try await server.waitUntilReady()
                    let bytes = TestClient.multipart(file: [UInt8](repeating: 7, count: 4 << 20))
                    var request = HTTPClientRequest(url: "\(url)/\(resource)/")
                    request.method = .POST
                    request.headers = [
                        "Synapse-Access-Token": "Token \(server.adminToken)",
                        "Content-Type": "multipart/form-data; boundary=b0undary",
                    ]
                    request.body = .stream(StallingSequence(bytes: bytes, at: 3 << 20), length: .unknown)
                    let sent = request
                    group.addTask { _ = try? await HTTPClient.shared.execute(sent, timeout: .seconds(60)) }
                    try await eventually { !FileSystem.names(in: uploads).isEmpty }
                    running.cancelAll()
                    try await running.waitForAll()
                }
                #expect(FileSystem.names(in: uploads).isEmpty)
                group.cancelAll()
            }
        }
    }

    /// The saved answer goes away while the repeated chunk is being read: the body cannot be read again.
    @Test func aKeyThatExpiresDuringItsRequestIsToldToTryAgain() async throws {
        try await withEmbeddedBackend { backend in
            let content = [UInt8](repeating: 7, count: 52 << 20)
            let range = "bytes 0-\(content.count - 1)/\(content.count * 2)"
            let database = backend.server.services.database
            let body = TestClient.multipart([("filename", "model.bin")], file: content)
            var reply: TestClient.Reply?
            // A busy machine may take the head in only after the key is gone, which makes a new upload: then once more.
            for attempt in 0..<5 where reply?.status != 503 {
                let client = TestClient(backend).with("Idempotency-Key", "k\(attempt)")
                let first = try await client.chunk("/chunked_upload/", content, range: range)
                #expect(first.status == 200)
                // A connection's buffers hold 36 MB: that more is gone means that the server is reading.
                let stream = StallingSequence(bytes: body, at: 48 << 20) {
                    try await database.write { db in try db.execute(sql: "DELETE FROM idempotency_answer") }
                }
                reply = try await client.with("Content-Range", range).send(
                    .PUT, "/chunked_upload/", body: .stream(stream, length: .known(Int64(body.count))),
                    type: "multipart/form-data; boundary=b0undary")
            }
            #expect(reply?.status == 503, "\(reply?.text ?? "")")
            #expect(reply?.headers.first(name: "Retry-After") == "1")
            let client = TestClient(backend)
            #expect(try await client.get("/health").status == 200)
        }
    }
}

/// Gives bytes in pieces of 64 KiB with a pause after each.
struct SlowSequence: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let bytes: [UInt8]
    let pause: Duration

    func makeAsyncIterator() -> Iterator { Iterator(sequence: self) }

    struct Iterator: AsyncIteratorProtocol {
        let sequence: SlowSequence
        var position = 0

        mutating func next() async throws -> ByteBuffer? {
            if position > 0 { try await Task.sleep(for: sequence.pause) }
            let end = Swift.min(position + 65_536, sequence.bytes.count)
            guard position < end else { return nil }
            defer { position = end }
            return ByteBuffer(bytes: sequence.bytes[position..<end])
        }
    }
}

/// Gives some bytes, then does something, or waits until it is cancelled; then gives the rest.
struct StallingSequence: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let bytes: [UInt8]
    let at: Int
    let pause: @Sendable () async throws -> Void

    init(
        bytes: [UInt8], at: Int,
        pause: @escaping @Sendable () async throws -> Void = { try await Task.sleep(for: .seconds(60)) }
    ) {
        self.bytes = bytes
        self.at = at
        self.pause = pause
    }

    func makeAsyncIterator() -> Iterator { Iterator(sequence: self) }

    struct Iterator: AsyncIteratorProtocol {
        let sequence: StallingSequence
        var position = 0

        mutating func next() async throws -> ByteBuffer? {
            if position == sequence.at { try await sequence.pause() }
            let limit = position < sequence.at ? sequence.at : sequence.bytes.count
            let end = Swift.min(position + 65_536, limit)
            guard position < end else { return nil }
            defer { position = end }
            return ByteBuffer(bytes: sequence.bytes[position..<end])
        }
    }
}
