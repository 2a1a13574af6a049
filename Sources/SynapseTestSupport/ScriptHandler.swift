import NIOCore
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What arrived at a ``ScriptedServer``, and the connections that are open.
final class RequestBox: Sendable {
    private struct State {
        var requests: [ScriptedServer.Request] = []
        var connections: [any Channel] = []
    }

    private let state = Mutex(State())

    var requests: [ScriptedServer.Request] { state.withLock { $0.requests } }

    func add(_ make: (Int) -> ScriptedServer.Request) -> ScriptedServer.Request {
        state.withLock { state in
            let request = make(state.requests.count)
            state.requests.append(request)
            return request
        }
    }

    func add(_ connection: any Channel) { state.withLock { $0.connections.append(connection) } }

    func takeConnections() -> [any Channel] {
        state.withLock { state in
            defer { state.connections = [] }
            return state.connections
        }
    }
}

/// Reads requests of one connection and sends what the script says.
final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let greeting: ScriptedServer.Greeting
    private let box: RequestBox
    private let respond: @Sendable (ScriptedServer.Request) -> ScriptedServer.Reply
    private var received: [UInt8] = []
    /// The head whose body is still coming, and how many bytes both have.
    private var pending: (request: ScriptedServer.Request, headByteCount: Int, byteCount: Int)?

    init(
        greeting: ScriptedServer.Greeting, box: RequestBox,
        respond: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Reply
    ) {
        self.greeting = greeting
        self.box = box
        self.respond = respond
    }

    func channelActive(context: ChannelHandlerContext) {
        box.add(context.channel)
        if case .raw(let bytes) = greeting { send(bytes, context: context, thenClose: true) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.append(contentsOf: unwrapInboundIn(data).readableBytesView)
        while let parsed = parse() {
            let request = box.add { index in
                var request = parsed
                request.index = index
                return request
            }
            answer(respond(request), context: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ reply: ScriptedServer.Reply, context: ChannelHandlerContext) {
        switch reply {
        case .respond(let status, let headers, let body):
            var head = "HTTP/1.1 \(status) Scripted\r\n"
            for (name, value) in headers { head += "\(name): \(value)\r\n" }
            head += "Content-Length: \(body.count)\r\n\r\n"
            send(Array(head.utf8) + body, context: context, thenClose: false)
        case .raw(let bytes): send(bytes, context: context, thenClose: true)
        case .respondAndStay(let bytes): send(bytes, context: context, thenClose: false)
        case .rawThenReset(let bytes):
            var buffer = context.channel.allocator.buffer(capacity: bytes.count)
            buffer.writeBytes(bytes)
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.writeAndFlush(wrapOutboundOut(buffer)).whenComplete { _ in
                // The bytes get a head start: a reset overtakes what the peer has not read yet.
                bound.value.eventLoop.scheduleTask(in: .milliseconds(50)) { Self.reset(bound.value) }
            }
        case .close: context.close(promise: nil)
        case .reset: Self.reset(context)
        case .silence: break
        }
    }

    private func send(_ bytes: [UInt8], context: ChannelHandlerContext, thenClose: Bool) {
        var buffer = context.channel.allocator.buffer(capacity: bytes.count)
        buffer.writeBytes(bytes)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(buffer)).whenComplete { _ in
            if thenClose { bound.value.close(promise: nil) }
        }
    }

    /// Ends the connection with RST: a linger time of zero throws away what was not sent.
    private static func reset(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        guard let provider = context.channel as? any SocketOptionProvider else {
            context.close(promise: nil)
            return
        }
        provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
            bound.value.close(promise: nil)
        }
    }

    /// Takes one whole request off the bytes that arrived.
    ///
    /// The head is read once, however often bytes come.
    private func parse() -> ScriptedServer.Request? {
        if pending == nil { pending = parseHead() }
        guard let (request, headByteCount, byteCount) = pending, received.count >= byteCount else { return nil }
        pending = nil
        var whole = request
        whole.body = Array(received[headByteCount..<byteCount])
        received.removeFirst(byteCount)
        return whole
    }

    private func parseHead() -> (request: ScriptedServer.Request, headByteCount: Int, byteCount: Int)? {
        guard let headEnd = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: received[..<headEnd.lowerBound], as: UTF8.self)
        var lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
        guard let first = lines.first?.split(separator: " "), first.count >= 2 else { return nil }
        lines.removeFirst()
        let headers = lines.compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (String(line[..<colon]), String(value))
        }
        let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
        let request = ScriptedServer.Request(
            index: 0, method: String(first[0]), target: String(first[1]), headers: headers, body: []
        )
        return (request, headEnd.upperBound, headEnd.upperBound + length)
    }
}
