import NIOCore
import NIOPosix
import Synchronization

/// A proxy on a loopback socket between a client and a server that does harm by script.
///
/// Each connection takes the next fault of the script; when the script is at its end, connections pass. It looks at
/// bytes, not at HTTP.
public final class FaultProxy: Sendable {
    /// What happens to one connection.
    public enum Fault: Sendable, Hashable {
        /// Nothing.
        case pass
        /// The connection is reset as soon as it is there.
        case refuse
        /// The client's connection is reset after this many bytes of it went to the server.
        case resetAfterSent(byteCount: Int)
        /// After this many bytes of the client nothing more is taken from it.
        case stallAfterSent(byteCount: Int)
        /// The client's connection is closed as soon as the server answers: the work is done, the answer is lost.
        case dropAnswer
        /// The client's connection is closed as soon as the server gives its `number`th answer, from 1.
        case dropAnswerNumber(Int)
        /// The answer ends after this many bytes of it.
        case truncateAnswer(byteCount: Int)
        /// The proxy answers 503 by itself, once the client has sent something.
        case unavailable
        /// One bit of the client's bytes is turned over, at this place.
        case flipBitOfSent(offset: Int)
    }

    /// The port, chosen by the system.
    public let port: Int
    private let script: FaultScript

    /// The address of the proxy.
    public var url: String { "http://127.0.0.1:\(port)" }
    /// How many faults of the script were handed to connections.
    public var faultsTaken: Int { script.taken }

    private init(port: Int, script: FaultScript) {
        self.port = port
        self.script = script
    }

    /// Starts a proxy, hands it to `body`, and stops it on every exit.
    ///
    /// - Parameters:
    ///   - port: The port of the server on 127.0.0.1.
    ///   - faults: The script.
    ///   - body: What to do with the proxy.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or an error of the socket.
    public static func withProxy<Result>(
        to port: Int, faults: [Fault], _ body: (FaultProxy) async throws -> Result
    ) async throws -> Result {
        let script = FaultScript(faults)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in
                script.add(client)
                return connect(client, to: port, fault: script.next())
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let proxy = FaultProxy(port: channel.localAddress?.port ?? 0, script: script)
        do {
            let result = try await body(proxy)
            await stop(channel, script)
            return result
        } catch {
            await stop(channel, script)
            throw error
        }
    }

    /// Both sides live on the loop of the client's connection, so that their handlers may touch one another.
    private static func connect(_ client: any Channel, to port: Int, fault: Fault) -> EventLoopFuture<Void> {
        ClientBootstrap(group: client.eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: port)
            .flatMap { server in
                client.eventLoop.makeCompletedFuture {
                    let wire = FaultWire(fault: fault, client: client, server: server)
                    try client.pipeline.syncOperations.addHandler(FaultSide(wire: wire, isClient: true))
                    try server.pipeline.syncOperations.addHandler(FaultSide(wire: wire, isClient: false))
                }
            }
    }

    private static func stop(_ channel: any Channel, _ script: FaultScript) async {
        try? await channel.close().get()
        for connection in script.takeConnections() { try? await connection.close().get() }
    }
}

/// The faults that are left, and the connections that are open.
private final class FaultScript: Sendable {
    private struct State {
        var faults: ArraySlice<FaultProxy.Fault>
        var taken = 0
        var connections: [any Channel] = []
    }

    private let state: Mutex<State>

    init(_ faults: [FaultProxy.Fault]) { state = Mutex(State(faults: faults[...])) }

    var taken: Int { state.withLock { $0.taken } }

    func next() -> FaultProxy.Fault {
        state.withLock { state in
            guard let fault = state.faults.popFirst() else { return .pass }
            state.taken += 1
            return fault
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
