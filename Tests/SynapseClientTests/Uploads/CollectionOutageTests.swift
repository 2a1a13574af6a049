import SynapseClient
import SynapseTestSupport
import Testing

/// Servers that refuse, go away, or answer with a page: what it costs, and what it does not.
@Suite(.timeLimit(.minutes(1)))
struct CollectionOutageTests {
    /// A clock that is moved by sleeping.
    private static func clock(_ slept: Shared<Duration>) -> ClientClock {
        let start = ContinuousClock.now
        return ClientClock(
            now: { start.advanced(by: slept.value) },
            sleep: { pause in
                // The deadline of a call sleeps longer than any pause, and is cancelled.
                guard pause < .seconds(100) else { return try await Task.sleep(for: .seconds(3600)) }
                slept.change { $0 += pause }
            })
    }

    private static func client(_ transport: ScriptedTransport, _ slept: Shared<Duration>) throws -> BackendClient {
        try BackendClient(
            configuration: ClientConfiguration(baseURL: "http://backend.test"), transport: transport,
            clock: clock(slept), jitter: { $0 })
    }

    private static func answer(_ sent: ScriptedTransport.Sent) -> TransportResponse {
        let list = (try? JSONValue(parsing: sent.body))?.arrayValue ?? []
        return switch sent.path {
        case "/data_files/verify_checksums/": .json(#"{"existing_checksums":[]}"#)
        case "/data_files/": .json(#"{"id":1,"checksum":"other-kind"}"#, status: 201)
        default: .json("[\(list.map { _ in #"{"id":7}"# }.joined(separator: ","))]", status: 201)
        }
    }

    private func run(
        _ count: Int, tolerance: Duration = .seconds(30), slept: Shared<Duration> = Shared(.zero),
        _ answer: @escaping @Sendable (ScriptedTransport.Sent) throws -> TransportResponse
    ) async throws -> (
        summary: CollectionUploadSummary, outcomes: [CollectionUploadOutcome], transport: ScriptedTransport
    ) {
        let files = try (0..<count).map { try TemporaryFile(Array("file \($0)".utf8)) }
        let transport = ScriptedTransport { try answer($0) }
        var outcomes: [CollectionUploadOutcome] = []
        let summary = try await Self.client(transport, slept).uploadDataCollection(
            3, from: files.map { OrganizedFile(files: ["image": $0.path]) },
            options: CollectionUploadOptions(batchSize: 5, outageTolerance: tolerance)
        ) { outcomes.append($0) }
        return (summary, outcomes, transport)
    }

    @Test func `A server that comes back in time costs nothing`() async throws {
        let refusals = Shared(0)
        let (summary, outcomes, _) = try await run(20) { sent in
            refusals.change { $0 += 1 }
            if (3...12).contains(refusals.value) { throw TransportError(.refused, mayHaveArrived: false) }
            return Self.answer(sent)
        }
        #expect(summary.failedItemCount == 0)
        #expect(summary.stoppedBy == nil)
        #expect(outcomes.map(\.index) == Array(0..<20))
    }

    @Test func `A server that stays away is given up, and the rest is not tried`() async throws {
        let slept = Shared<Duration>(.zero)
        let (summary, outcomes, transport) = try await run(200, tolerance: .seconds(10), slept: slept) { sent in
            if sent.index > 20 { throw TransportError(.refused, mayHaveArrived: false) }
            return Self.answer(sent)
        }
        #expect(outcomes.count == 200)
        #expect(summary.stoppedBy?.code == .connectionRefused)
        #expect(outcomes.last?.item.error?.code == .notTried)
        #expect(outcomes.last?.files.map(\.state) == [.failed])
        #expect(transport.requests.count < 400)
    }

    @Test func `A token that stops working ends the run at once`() async throws {
        let (summary, outcomes, transport) = try await run(200) { sent in
            sent.index > 20 ? .json(#"{"detail":"expired"}"#, status: 401) : Self.answer(sent)
        }
        #expect(outcomes.count == 200)
        #expect(summary.stoppedBy?.code == .notSignedIn)
        #expect(transport.requests.count < 80)
    }

    @Test func `A page in front of the server is no answer of it`() async throws {
        let (summary, _, transport) = try await run(20) { sent in
            guard ![3, 4, 20].contains(sent.index) else {
                return .json("<!DOCTYPE html><title>Bad</title>", status: 400, headers: ["content-type": "text/html"])
            }
            return Self.answer(sent)
        }
        #expect(summary.failedItemCount == 0)
        // 20 files, 4 windows with a question and units each, and what the pages cost.
        #expect(transport.requests.count > 28 + 2)
    }

    @Test func `A server that has too much to do gets less, and is left alone for as long as it asks`() async throws {
        let slept = Shared<Duration>(.zero)
        let (summary, _, _) = try await run(40, slept: slept) { sent in
            guard sent.path != "/data_files/" || sent.index % 7 != 3 else {
                return .json("{}", status: 429, headers: ["Retry-After": "3"])
            }
            return Self.answer(sent)
        }
        #expect(summary.failedItemCount == 0)
        #expect(slept.value >= .seconds(3))
    }

    @Test func `What takes an outcome may end the run`() async throws {
        struct Enough: Error {}
        let file = try TemporaryFile(Array("x".utf8))
        let transport = ScriptedTransport { Self.answer($0) }
        await #expect(throws: Enough.self) {
            _ = try await Self.client(transport, Shared(.zero)).uploadDataCollection(
                3, from: [OrganizedFile(files: ["image": file.path])]
            ) { _ in throw Enough() }
        }
    }
}
