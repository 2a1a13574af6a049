import NIOCore
import NIOHTTP1

/// Tells a client that waits for it to go on with the body of its request.
///
/// A client that sends `Expect: 100-continue` may hold its body back for long. The body is taken in any case: what is
/// wrong with a request is answered as soon as that is known. While an earlier request of the connection is not answered,
/// its answer comes first.
///
/// Source: RFC 9110, section 10.1.1.
final class ContinueHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Requests that came and are not answered.
    private var openCount = 0
    /// Whether the request that came last waits to go on.
    private var isAwaited = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) {
            openCount += 1
            // An older client can be told nothing but the answer.
            isAwaited =
                head.version != .http1_0
                && head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
            tellToGoOn(context)
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        context.write(data, promise: promise)
        if case .end = unwrapOutboundIn(data) {
            openCount -= 1
            tellToGoOn(context)
        }
    }

    private func tellToGoOn(_ context: ChannelHandlerContext) {
        guard isAwaited, openCount == 1 else { return }
        isAwaited = false
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }
}
