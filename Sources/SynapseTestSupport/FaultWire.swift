import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The two sides of one connection through a ``FaultProxy``, and the fault between them.
///
/// Used on one event loop only.
final class FaultWire {
    private let fault: FaultProxy.Fault
    private let client: any Channel
    private let server: any Channel
    private var sentByteCount = 0
    private var answeredByteCount = 0
    private var answerCount = 0
    private var isAnswering = false

    init(fault: FaultProxy.Fault, client: any Channel, server: any Channel) {
        self.fault = fault
        self.client = client
        self.server = server
    }

    func start() {
        if case .refuse = fault { return reset() }
        client.read()
        server.read()
    }

    /// Bytes of the client on their way to the server.
    func clientSent(_ buffer: ByteBuffer) {
        var buffer = buffer
        let start = sentByteCount
        sentByteCount += buffer.readableBytes
        isAnswering = false
        switch fault {
        case .resetAfterSent(let limit) where sentByteCount >= limit:
            return reset()
        case .stallAfterSent(let limit) where sentByteCount >= limit:
            // Not reading any more is the fault: the buffers of both kernels fill up.
            return
        case .unavailable:
            let answer = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            client.writeAndFlush(ByteBuffer(string: answer)).whenComplete { [client, server] _ in
                client.close(promise: nil)
                server.close(promise: nil)
            }
            return
        case .flipBitOfSent(let offset) where (start..<sentByteCount).contains(offset):
            let index = buffer.readerIndex + offset - start
            if let byte = buffer.getInteger(at: index, as: UInt8.self) { buffer.setInteger(byte ^ 1, at: index) }
        default: break
        }
        pass(buffer, from: client, to: server)
    }

    /// Bytes of the server on their way to the client.
    func serverSent(_ buffer: ByteBuffer) {
        var buffer = buffer
        if !isAnswering { answerCount += 1 }
        isAnswering = true
        switch fault {
        case .dropAnswer: return close()
        case .dropAnswerNumber(let number) where answerCount == number: return close()
        case .truncateAnswer(let limit) where answeredByteCount + buffer.readableBytes >= limit:
            let rest = buffer.readSlice(length: max(0, limit - answeredByteCount)) ?? ByteBuffer()
            client.writeAndFlush(rest).whenComplete { [client, server] _ in
                client.close(promise: nil)
                server.close(promise: nil)
            }
            return
        default: break
        }
        answeredByteCount += buffer.readableBytes
        pass(buffer, from: server, to: client)
    }

    func ended(isClient: Bool) {
        (isClient ? server : client).close(promise: nil)
    }

    private func pass(_ buffer: ByteBuffer, from source: any Channel, to target: any Channel) {
        // Only when the bytes are out more is read: the proxy holds next to nothing.
        target.writeAndFlush(buffer).whenComplete { _ in source.read() }
    }

    private func close() {
        client.close(promise: nil)
        server.close(promise: nil)
    }

    private func reset() {
        let (client, server) = (client, server)
        guard let provider = client as? any SocketOptionProvider else { return close() }
        provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
            client.close(promise: nil)
            server.close(promise: nil)
        }
    }
}

/// Hands what one side sends to the wire.
final class FaultSide: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let wire: FaultWire
    private let isClient: Bool

    init(wire: FaultWire, isClient: Bool) {
        self.wire = wire
        self.isClient = isClient
    }

    func channelActive(context: ChannelHandlerContext) {
        // Only the client's side becomes active after its handler is there; the server's side is connected by then.
        wire.start()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        isClient ? wire.clientSent(buffer) : wire.serverSent(buffer)
    }

    func channelInactive(context: ChannelHandlerContext) {
        wire.ended(isClient: isClient)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
