import Foundation
import HTTPTypes
import SynapseClient
import SynapseTestSupport
import Testing

/// What is repeated, how often, and after which pause.
@Suite(.timeLimit(.minutes(1)))
struct RetryTests {
    private static let project = #"{"id":1,"title":"t"}"#

    /// Answers from a list; the last one is repeated.
    private func transport(_ answers: [Result<TransportResponse, TransportError>]) -> ScriptedTransport {
        ScriptedTransport { sent in try answers[min(sent.index, answers.count - 1)].get() }
    }

    private func status(_ status: Int, _ headers: [String: String] = [:]) -> Result<TransportResponse, TransportError> {
        .success(.json(#"{"detail":"later"}"#, status: status, headers: headers))
    }

    private func lost(mayHaveArrived: Bool) -> Result<TransportResponse, TransportError> {
        .failure(TransportError(mayHaveArrived ? .connectionLost : .refused, mayHaveArrived: mayHaveArrived))
    }

    private var success: Result<TransportResponse, TransportError> { .success(.json(Self.project)) }
    private var capable: Result<TransportResponse, TransportError> {
        .success(.json(Self.project, headers: ["Synapse-Capabilities": "other, Idempotency-Key"]))
    }

    @Test(arguments: [429, 502, 503, 504])
    func `A read is repeated after a passing status`(code: Int) async throws {
        let clock = ManualClock()
        let transport = transport([status(code), status(code), success])
        _ = try await makeClient(transport: transport, clock: clock).getProject(1)
        #expect(transport.requests.count == 3)
        #expect(clock.pauses == [.milliseconds(500), .seconds(1)])
    }

    @Test(arguments: [400, 401, 403, 404, 408, 409, 413, 500])
    func `Other statuses are not repeated`(code: Int) async throws {
        let transport = transport([status(code)])
        let client = try makeClient(transport: transport)
        let error = try #require(await failure { _ = try await client.getProject(1) })
        #expect(error.statusCode == code)
        #expect(transport.requests.count == 1)
    }

    @Test
    func `Attempts are bounded and the last answer is kept`() async throws {
        let transport = transport([status(503)])
        let client = try makeClient(transport: transport)
        let error = try #require(await failure { _ = try await client.getProject(1) })
        #expect(error.code == .serviceUnavailable)
        #expect(error.response == #"{"detail":"later"}"#)
        #expect(error.context.attempts == 4)
        #expect(transport.requests.count == 4)
    }

    @Test
    func `Retry-After is honoured and capped at a minute`() async throws {
        let clock = ManualClock()
        let transport = transport([status(429, ["Retry-After": "7"]), status(503, ["Retry-After": "900"]), success])
        _ = try await makeClient(transport: transport, clock: clock).getProject(1)
        #expect(clock.pauses == [.seconds(7), .seconds(60)])
    }

    @Test
    func `A pause never leads beyond the deadline`() async throws {
        let clock = ManualClock()
        let transport = transport([status(429, ["Retry-After": "60"])])
        var configuration = ClientConfiguration(baseURL: "http://127.0.0.1")
        configuration.timeouts.call = .seconds(150)
        let client = try BackendClient(
            configuration: configuration, transport: transport, clock: clock.clock, logger: .silent, jitter: { $0 })
        let error = try #require(await failure { _ = try await client.getProject(1) })
        #expect(error.code == .rateLimited)
        #expect(clock.pauses == [.seconds(60), .seconds(60)])
    }

    @Test
    func `A write that was not sent is repeated`() async throws {
        let transport = transport([lost(mayHaveArrived: false), success])
        let client = try makeClient(transport: transport)
        _ = try await client.createProject(.init(title: "t", category: .image, dataCollection: 1, configuration: [:]))
        #expect(transport.requests.count == 2)
    }

    @Test(arguments: [502, 503, 504])
    func `A write is not repeated after a proxy gave up`(code: Int) async throws {
        let transport = transport([status(code, ["Retry-After": "1"]), success])
        let client = try makeClient(transport: transport)
        let error = try #require(await failure { try await client.setTagsTasks([1], tags: [1]) })
        #expect(error.statusCode == code)
        #expect(error.code == .outcomeUnknown)
        #expect(error.message.contains("look before repeating"))
        #expect(!error.message.contains("try again"))
        #expect(transport.requests.count == 1)
    }

    @Test
    func `A write that was refused with 429 is repeated`() async throws {
        let transport = transport([status(429), success])
        try await makeClient(transport: transport).setTagsTasks([1], tags: [1])
        #expect(transport.requests.count == 2)
    }

    @Test
    func `A write whose answer is lost is not repeated for a server that knows no keys`() async throws {
        let transport = transport([success, lost(mayHaveArrived: true), success])
        let client = try makeClient(transport: transport)
        _ = try await client.getProject(1)
        let error = try #require(await failure { try await client.setTagsTasks([1], tags: [1]) })
        #expect(error.code == .outcomeUnknown)
        #expect(transport.requests.count == 2)
    }

    @Test
    func `A write whose answer is lost is repeated with the same key for a server that knows keys`() async throws {
        let transport = transport([capable, lost(mayHaveArrived: true), status(502), success])
        let client = try makeClient(transport: transport)
        _ = try await client.getProject(1)
        try await client.setTagsTasks([1], tags: [1])
        let keys = transport.requests.dropFirst().map { $0.headers["idempotency-key"] }
        #expect(keys.count == 3)
        #expect(Set(keys).count == 1)
        #expect(keys[0]?.count == 32)
        #expect(transport.requests[0].headers["idempotency-key"] == nil)
    }

    /// A call of its own would have another key, and make a second row.
    @Test
    func `A write with a key that is given up says that it may have been done`() async throws {
        let unknown: [Result<TransportResponse, TransportError>] = [
            lost(mayHaveArrived: true), status(502), status(503),
        ]
        for last in unknown + [.failure(TransportError(.deadline, mayHaveArrived: true))] {
            let transport = transport([capable, last])
            let client = try makeClient(transport: transport)
            _ = try await client.getProject(1)
            let error = try #require(await failure { try await client.setTagsTasks([1], tags: [1]) })
            #expect(error.code == .outcomeUnknown && !error.message.contains("try again"), "\(error)")
        }
        // The pause before the next attempt would not fit.
        let transport = transport([capable, status(503, ["Retry-After": "60"])])
        let client = try makeClient(transport: transport) { $0.timeouts.call = .seconds(20) }
        _ = try await client.getProject(1)
        let error = try #require(await failure { try await client.setTagsTasks([1], tags: [1]) })
        #expect(error.code == .outcomeUnknown && transport.requests.count == 2)
    }

    @Test
    func `A removal is repeated with the same key`() async throws {
        let transport = transport([
            capable, lost(mayHaveArrived: true), .success(TransportResponse(status: 204)),
        ])
        let client = try makeClient(transport: transport)
        _ = try await client.getProject(1)
        try await client.revokeToken(1)
        let keys = transport.requests.dropFirst().map { $0.headers["idempotency-key"] }
        #expect(keys.count == 2 && keys[0]?.count == 32 && keys[0] == keys[1])
    }

    @Test
    func `Each call has a key of its own`() async throws {
        let transport = transport([success])
        let client = try makeClient(transport: transport)
        try await client.setTagsTasks([1], tags: [1])
        try await client.setTagsTasks([1], tags: [1])
        #expect(Set(transport.requests.map { $0.headers["idempotency-key"] }).count == 2)
    }

    @Test
    func `An annotation is a PUT and is repeated`() async throws {
        let transport = transport([lost(mayHaveArrived: true), success])
        try await makeClient(transport: transport).annotateTaskData(1, data: [:])
        #expect(transport.requests.count == 2)
    }

    @Test
    func `Cancellation is a CancellationError and is not repeated`() async throws {
        let started = Shared(0)
        let transport = ScriptedTransport { _ in
            started.change { $0 += 1 }
            try await Task.sleep(for: .seconds(60))
            return .json("{}")
        }
        let client = try makeClient(transport: transport)
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await client.getProject(1) }
                group.addTask {
                    while started.value == 0 { await Task.yield() }
                    throw CancellationError()
                }
                defer { group.cancelAll() }
                while try await group.next() != nil {}
            }
        }
        #expect(transport.requests.count == 1)
    }

    @Test
    func `Credentials go along with every request, Token in front`() async throws {
        let transport = transport([success])
        let credentials = ClientConfiguration.Credentials(
            accessToken: " tok\n", authorizationToken: "usr", tenant: "acme", agentToken: "agt")
        _ = try await makeClient(credentials: credentials, transport: transport).getProject(1)
        let headers = transport.requests[0].headers
        #expect(headers["synapse-access-token"] == "Token tok")
        #expect(headers["authorization"] == "Token usr")
        #expect(headers["synapse-tenant"] == "Token acme")
        #expect(headers["synapse-agent"] == "Token agt")
    }

    @Test
    func `A redirect of a read is followed on the same origin, with its credentials`() async throws {
        let transport = ScriptedTransport { sent in
            sent.index == 0
                ? TransportResponse(status: 302, headerFields: [.location: "/v2/projects/1/?a=b"])
                : .json(Self.project)
        }
        _ = try await makeClient(transport: transport).getProject(1)
        #expect(transport.requests.map(\.target) == ["/projects/1/", "/v2/projects/1/?a=b"])
        #expect(transport.requests[1].headers["synapse-access-token"] == "Token tok")
    }

    @Test(arguments: [(301, false), (302, false), (303, false), (307, true), (308, true)])
    func `A redirect of a write is followed only where it stays a write`(code: Int, isFollowed: Bool) async throws {
        let transport = ScriptedTransport { sent in
            sent.index == 0
                ? TransportResponse(status: code, headerFields: [.location: "/tasks/set_tags/2/"]) : .json("{}")
        }
        let client = try makeClient(transport: transport)
        let error = await failure { try await client.setTagsTasks([1], tags: [1]) }
        #expect((error == nil) == isFollowed)
        #expect(error == nil || error?.code == .redirectRefused)
        if isFollowed {
            #expect(transport.requests.map(\.method) == ["POST", "POST"])
            #expect(transport.requests[0].body == transport.requests[1].body)
        }
    }

    /// A proxy that answers so must not make an empty file of a download.
    @Test(arguments: [300, 304, 305])
    func `A redirect that leads nowhere is an error, and leaves a file as it is`(code: Int) async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/kept"
            try "before".write(toFile: path, atomically: true, encoding: .utf8)
            let client = try makeClient(transport: transport([status(code)]))
            let error = await failure { _ = try await client.downloadFile(from: "http://backend/f", to: path) }
            #expect(error?.code == .redirectRefused && error?.statusCode == code)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "before")
            let removal = await failure { try await client.revokeToken(1) }
            #expect(removal?.code == .redirectRefused)
        }
    }
}
