import ArgumentParser
import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends many small files to `data_files/` over some connections and prints how long it took: a client that costs little.
@main
struct FileLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "file-load", abstract: "Sends many small files.")

    @Option(help: "The port of the backend on 127.0.0.1.")
    var port: Int

    @Option(help: "The access token.")
    var token: String

    @Option(help: "How many files.")
    var files = 10_000

    @Option(help: "Bytes of one file.")
    var size = 30_000

    @Option(help: "Connections, each with one request at a time.")
    var clients = 10

    func run() async throws {
        let started = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<clients {
                let numbers = Array(stride(from: client, to: files, by: clients))
                group.addTask {
                    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                        .connect(host: "127.0.0.1", port: port) { channel in
                            channel.eventLoop.makeCompletedFuture {
                                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                                return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                                    wrappingChannelSynchronously: channel)
                            }
                        }
                    try await channel.executeThenClose { inbound, outbound in
                        var answers = inbound.makeAsyncIterator()
                        for number in numbers {
                            try await outbound.write(contentsOf: request(number))
                            while let part = try await answers.next() {
                                if case .head(let head) = part, head.status != .created {
                                    throw Refused(status: head.status.code)
                                }
                                if case .end = part { break }
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        print(#"{"files":\#(files),"seconds":\#(seconds)}"#)
    }

    /// A file whose content no other has.
    private func request(_ number: Int) -> [HTTPClientRequestPart] {
        let boundary = "neutral-boundary"
        var body = ByteBuffer(
            string: "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(number).bin\"\r\n\r\n"
        )
        body.writeInteger(UInt64(number))
        body.writeRepeatingByte(UInt8(truncatingIfNeeded: number), count: max(0, size - 8))
        body.writeString("\r\n--\(boundary)--\r\n")
        let head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: "/data_files/",
            headers: [
                "host": "127.0.0.1:\(port)", "synapse-access-token": "Token \(token)",
                "content-type": "multipart/form-data; boundary=\(boundary)", "content-length": "\(body.readableBytes)",
            ])
        return [.head(head), .body(.byteBuffer(body)), .end(nil)]
    }

    struct Refused: Error { let status: UInt }
}
