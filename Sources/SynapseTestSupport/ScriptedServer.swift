import NIOCore
import NIOPosix

/// A server on a loopback socket that answers as a test says, bad answers included: raw bytes, resets, silence.
///
/// It speaks just enough HTTP/1.1 to read requests with a `Content-Length`. It is no model of the platform.
public final class ScriptedServer: Sendable {
    /// One request as it arrived.
    public struct Request: Sendable {
        /// From 0, in the order of arrival over all connections.
        public var index: Int
        /// The HTTP method.
        public var method: String
        /// The path with its query, as sent.
        public var target: String
        /// Header fields in the order sent, names as sent.
        public var headers: [(name: String, value: String)]
        /// The body.
        public var body: [UInt8]

        /// Makes a request in code, to ask a script directly.
        ///
        /// - Parameters:
        ///   - index: From 0.
        ///   - method: The HTTP method.
        ///   - target: The path with its query.
        ///   - headers: Header fields.
        ///   - body: The body.
        public init(
            index: Int, method: String, target: String, headers: [(name: String, value: String)], body: [UInt8]
        ) {
            self.index = index
            self.method = method
            self.target = target
            self.headers = headers
            self.body = body
        }

        /// The path without its query.
        public var path: String { String(target.prefix { $0 != "?" }) }
        /// The text after `?`.
        public var query: String { target.contains("?") ? String(target.drop { $0 != "?" }.dropFirst()) : "" }

        /// The first value of a header field, its name in any case.
        public subscript(header name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    /// What to answer.
    public enum Reply: Sendable {
        /// A proper answer.
        case respond(status: Int, headers: [(String, String)] = [], body: [UInt8] = [])
        /// These bytes, then the connection ends in order.
        case raw([UInt8])
        /// These bytes, then silence; the connection stays open.
        case respondAndStay([UInt8])
        /// These bytes, then the connection is reset.
        case rawThenReset([UInt8])
        /// The connection ends in order.
        case close
        /// The connection is reset.
        case reset
        /// No answer, the connection stays open.
        case silence

        /// A JSON answer.
        public static func json(_ text: String, status: Int = 200, headers: [(String, String)] = []) -> Reply {
            .respond(status: status, headers: [("Content-Type", "application/json")] + headers, body: Array(text.utf8))
        }
    }

    /// What to do with a connection before any request.
    public enum Greeting: Sendable {
        /// Read requests.
        case serve
        /// Send these bytes, then end.
        case raw([UInt8])
        /// Accept, and read nothing at all.
        case readNothing
    }

    /// The port, chosen by the system.
    public let port: Int
    private let channel: any Channel
    private let box: RequestBox

    /// The address of the server.
    public var url: String { "http://127.0.0.1:\(port)" }
    /// What arrived so far.
    public var requests: [Request] { box.requests }

    private init(channel: any Channel, port: Int, box: RequestBox) {
        self.channel = channel
        self.port = port
        self.box = box
    }

    /// Starts a server, hands it to `body`, and stops it on every exit.
    ///
    /// - Parameters:
    ///   - greeting: What to do with each connection.
    ///   - respond: Answers each request; called from an event loop, so it must not block.
    ///   - body: What to do with the server.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or an error of the socket.
    public static func withServer<Result>(
        greeting: Greeting = .serve, respond: @escaping @Sendable (Request) -> Reply,
        _ body: (ScriptedServer) async throws -> Result
    ) async throws -> Result {
        let box = RequestBox()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: !greeting.readsNothing)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ScriptHandler(greeting: greeting, box: box, respond: respond)
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = ScriptedServer(channel: channel, port: channel.localAddress?.port ?? 0, box: box)
        do {
            let result = try await body(server)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    private func stop() async {
        try? await channel.close().get()
        for connection in box.takeConnections() { try? await connection.close().get() }
    }
}

extension ScriptedServer.Greeting {
    fileprivate var readsNothing: Bool {
        if case .readNothing = self { true } else { false }
    }
}
