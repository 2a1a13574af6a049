import ArgumentParser
import NIOCore
import NIOHTTP1
import NIOPosix

/// A server that only takes what it is sent: it checks MD5 digests, answers after a chosen time, and writes nothing.
///
/// It stands in for a backend, so that what a backend costs does not hide what a client costs. For the same reason
/// digests are computed when the run is over and `/sink` is asked.
@main
struct NeutralSink: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "neutral-sink", abstract: "Takes uploads and gives lists, at no cost of its own.")

    @Option(help: "The port of 127.0.0.1 to listen on; 0 lets the system choose.")
    var port = 0

    @Option(help: "Milliseconds from the end of a request to its answer.")
    var latency = 0

    @Option(help: "Tasks in the list.")
    var tasks = 50_000

    func run() async throws {
        let state = SinkState(latency: .milliseconds(Int64(latency)), taskCount: tasks)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 16)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 1 << 18))
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(SinkHandler(state: state))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        print("listening on http://127.0.0.1:\(channel.localAddress?.port ?? port)")
        fflushStandardOutput()
        try await channel.closeFuture.get()
    }
}
