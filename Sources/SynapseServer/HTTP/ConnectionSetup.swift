import NIOCore
import NIOHTTP1

/// Puts the handlers in their place that must see HTTP/1 as it comes, and has nothing to do itself.
///
/// Hummingbird adds handlers behind its translation only, which leaves the version out.
final class ConnectionSetup: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandlers([OneRequestConnections(), ContinueHandler()], position: .after(decoder))
        } catch {
            // Without its decoder the connection can't be served in any way.
            context.fireErrorCaught(error)
        }
    }
}

/// Sees to it that the connection of an HTTP/1.0 client is closed behind the answer, unless the client asked to keep it.
///
/// Source: RFC 9112, section 9.3.
private final class OneRequestConnections: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data), head.version == .http1_0,
            !head.headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "keep-alive" })
        else { return context.fireChannelRead(data) }
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}
