import SynapseClient
import SynapseTestSupport
import Testing

/// The bytes of buffers that a client has say how many transfers are at work.
@Suite(.timeLimit(.minutes(1)))
struct TransferLimitTests {
    @Test(arguments: [(1, 1), (2 << 20, 1), (7 << 20, 3), (64 << 20, 8)])
    func `Transfers beyond the limit wait in turn`(byteCount: Int, wanted: Int) async throws {
        let file = try TemporaryFile([1, 2, 3])
        let state = Shared((now: 0, most: 0))
        let (full, continuation) = AsyncStream<Void>.makeStream()
        let transport = ScriptedTransport { _ in
            state.change { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            if state.value.now == wanted { continuation.finish() }
            // Nobody leaves before as many are here as may be.
            for await _ in full {}
            for _ in 0..<20 { await Task.yield() }
            state.change { $0.now -= 1 }
            return .json(#"{"id":1,"checksum":"5289df737df57326fcdd22597afb1fac","size":3}"#, status: 201)
        }
        let client = try makeClient(limits: .init(transferByteCount: byteCount), transport: transport)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try await client.createDataFile(file.path) } }
            try await group.waitForAll()
        }
        #expect(state.value.most == wanted)
    }
}
