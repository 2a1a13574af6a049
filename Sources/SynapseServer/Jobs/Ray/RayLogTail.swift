import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// Follows the log of a Ray job over a WebSocket, always from the log's beginning.
///
/// Ray answers no pings: it never reads from this connection. So a silence is told, for the reader to ask by other means
/// whether the job goes on.
struct RayLogTail: Sendable {
    enum Event: Sendable {
        case text(ByteBuffer)
        /// Nothing came for a while.
        case silence
    }

    enum Ending: Sendable {
        /// Ray closed the connection as it does behind the last line.
        case closed
        /// The connection could not be made, or broke.
        case broken
        /// What answers does not speak WebSocket, such as a proxy between.
        case refused
        /// The reader has had enough.
        case left
    }

    /// Ray sends ten lines or 20,000 characters at a time, but a line as a whole; the launcher keeps lines short.
    private static let longestFrameByteCount = 4 << 20
    private static let connectTimeout: TimeAmount = .seconds(5)
    private static let upgradeTimeout: TimeAmount = .seconds(10)

    let address: RayAddress
    let silence: Duration

    /// Reads until the log ends, the connection breaks or the closure answers false.
    ///
    /// The next piece is read when the closure has returned.
    /// - Throws: What the closure throws, `CancellationError`.
    func read(_ id: String, _ take: (Event) async throws -> Bool) async throws -> Ending {
        // TLS is not spoken here; logs are fetched whole there.
        if address.isSecure { return .refused }
        let connection: Connection
        do {
            connection = try await connect(id)
        } catch {
            try Task.checkCancellation()
            return .broken
        }
        guard case .open(let channel) = connection else { return .refused }
        var failure: (any Error)?
        do {
            return try await channel.executeThenClose { inbound, _ in
                for try await message in inbound {
                    guard case .event(let event) = message else { return .closed }
                    do {
                        if try await !take(event) { return .left }
                    } catch {
                        failure = error
                        throw error
                    }
                }
                return .broken
            }
        } catch {
            if let failure { throw failure }
            try Task.checkCancellation()
            return .broken
        }
    }

    private enum Connection: Sendable {
        case open(NIOAsyncChannel<RayTailHandler.Message, WebSocketFrame>)
        case refused
    }

    private func connect(_ id: String) async throws -> Connection {
        let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(Self.connectTimeout)
        let upgrade = try await bootstrap.connect(host: address.host, port: address.port) { channel in
            channel.eventLoop.makeCompletedFuture { try self.upgrade(channel, id) }
        }
        return try await upgrade.get()
    }

    private func upgrade(_ channel: any Channel, _ id: String) throws -> EventLoopFuture<Connection> {
        let timeout = channel.eventLoop.scheduleTask(in: Self.upgradeTimeout) { channel.close(promise: nil) }
        let silence = TimeAmount(silence)
        let upgrader = NIOTypedWebSocketClientUpgrader<Connection>(
            maxFrameSize: Self.longestFrameByteCount,
            upgradePipelineHandler: { channel, _ in
                timeout.cancel()
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOWebSocketFrameAggregator(
                            minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1024,
                            maxAccumulatedFrameSize: Self.longestFrameByteCount),
                        IdleStateHandler(readTimeout: silence),
                        RayTailHandler(),
                    ])
                    return .open(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
                }
            })
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "\(address.path)/api/jobs/\(id)/logs/tail",
            headers: ["Host": address.authority, "User-Agent": "synapse-server"])
        let configuration = NIOTypedHTTPClientUpgradeConfiguration<Connection>(
            upgradeRequestHead: head, upgraders: [upgrader],
            notUpgradingCompletionHandler: { channel in
                timeout.cancel()
                channel.close(promise: nil)
                return channel.eventLoop.makeSucceededFuture(.refused)
            })
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
            configuration: .init(upgradeConfiguration: configuration))
    }
}

/// Turns frames into what a reader of the log wants to know, and answers pings.
private final class RayTailHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = Message
    typealias OutboundOut = WebSocketFrame

    enum Message: Sendable {
        case event(RayLogTail.Event)
        case closed
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text, .binary:
            context.fireChannelRead(wrapInboundOut(.event(.text(frame.unmaskedData))))
        case .ping:
            let pong = WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
        case .connectionClose:
            context.fireChannelRead(wrapInboundOut(.closed))
        default:
            break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case IdleStateHandler.IdleStateEvent.read = event else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        context.fireChannelRead(wrapInboundOut(.event(.silence)))
        context.fireChannelReadComplete()
    }
}
