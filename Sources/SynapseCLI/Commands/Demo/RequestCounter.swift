import Synchronization
import SynapseClient

/// A transport that counts the requests it passes on.
final class RequestCounter: ClientTransport {
    private let transport: any ClientTransport
    private let sent = Mutex(0)

    init(_ transport: any ClientTransport) {
        self.transport = transport
    }

    /// How many requests went out so far, repeats included.
    var count: Int { sent.withLock { $0 } }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        sent.withLock { $0 += 1 }
        return try await transport.send(request)
    }

    func shutdown() async {
        await transport.shutdown()
    }
}
