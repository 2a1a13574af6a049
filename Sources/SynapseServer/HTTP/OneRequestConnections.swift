import NIOCore
import NIOHTTP1

/// Sees to it that the connection of an HTTP/1.0 client is closed behind the answer, unless the client asked to keep it.
///
/// Hummingbird reads `Connection` alone and does not see the version. This handler puts another one where the version is
/// still known, and has nothing to do itself.
///
/// Source: RFC 9112, section 9.3.
final class OneRequestConnections: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(VersionReader(), position: .after(decoder))
        } catch {
            // Without its decoder the connection can't be served in any way.
            context.fireErrorCaught(error)
        }
    }

    private final class VersionReader: ChannelInboundHandler {
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
}
