import HTTPTypes
import SynapseClient
import SynapseModels
import SynapseTestSupport
import Testing

/// Following a console log over connections that break.
@Suite(.timeLimit(.minutes(1)))
struct JobConsoleLogsTests {
    /// An answer whose body ends in a cut, or in order.
    static func body(_ text: String, isCut: Bool, type: String, isChunked: Bool = true) -> TransportResponse {
        var fields: HTTPFields = [.contentType: type]
        if isChunked { fields[.transferEncoding] = "chunked" }
        let body = ResponseBody {
            nonisolated(unsafe) var pieces = [Array(text.utf8)][...]
            return {
                if let piece = unsafe pieces.popFirst() { return piece }
                if isCut { throw TransportError(.connectionLost, mayHaveArrived: true) }
                return nil
            }
        }
        return TransportResponse(status: 200, headerFields: fields, body: body)
    }

    static let events = "text/event-stream; charset=utf-8"
    static let plain = "text/plain; charset=utf-8"

    static func event(_ number: Int?, _ text: String) -> String {
        (number.map { "id: \($0)\n" } ?? "") + "data: {\"type\":\"log\",\"data\":\"\(text)\"}\n\n"
    }

    static let complete = "data: {\"type\":\"complete\",\"message\":\"done\"}\n\n"

    /// Runs a tail against answers in order; the job has ended from `endsAt` answers on.
    static func follow(
        _ answers: [TransportResponse], endsAt: Int? = nil, status: String = "FAILED",
        clock: ManualClock = ManualClock()
    ) async throws -> (lines: [String], job: Job?, tails: [ScriptedTransport.Sent], clock: ManualClock) {
        let count = Shared(0)
        let transport = ScriptedTransport { sent in
            guard sent.path.hasSuffix("/tail_console_logs/") else {
                let isOver = count.value >= (endsAt ?? answers.count)
                return .json("{\"id\":\"j\",\"status\":\"\(isOver ? status : "RUNNING")\"}")
            }
            let index = count.value
            count.change { $0 += 1 }
            guard index < answers.count else {
                throw TransportError(.refused, mayHaveArrived: false)
            }
            return answers[index]
        }
        let log = try makeClient(transport: transport, clock: clock).tailJobConsoleLogs("j")
        var lines: [String] = []
        for try await line in log { lines.append(line) }
        return (lines, log.finalJob, transport.requests.filter { $0.path.hasSuffix("/tail_console_logs/") }, clock)
    }

    @Test
    func `A log of events goes on behind its last number`() async throws {
        let outcome = try await Self.follow([
            Self.body(Self.event(0, "a") + Self.event(1, "b") + "id: 2\ndata: {\"ty", isCut: true, type: Self.events),
            // A server that numbers and begins again all the same.
            Self.body(Self.event(0, "a") + Self.event(1, "b") + Self.event(2, "c"), isCut: true, type: Self.events),
            Self.body("", isCut: true, type: Self.events),
            Self.body(Self.event(3, "d") + Self.complete, isCut: true, type: Self.events),
        ])
        #expect(outcome.lines == ["a", "b", "c", "d"])
        #expect(outcome.job?.status == .failed)
        #expect(outcome.tails.map { $0.headers["last-event-id"] } == [nil, "1", "2", "2"])
        #expect(outcome.tails.allSatisfy { $0.headers["accept"]?.hasPrefix("text/event-stream") == true })
    }

    @Test
    func `A log of events without numbers is counted`() async throws {
        let outcome = try await Self.follow([
            Self.body(Self.event(nil, "a") + Self.event(nil, "a"), isCut: true, type: Self.events),
            Self.body(Self.event(nil, "a"), isCut: true, type: Self.events),
            Self.body(
                Self.event(nil, "a") + Self.event(nil, "a") + Self.event(nil, "a") + Self.complete, isCut: false,
                type: Self.events),
        ])
        #expect(outcome.lines == ["a", "a", "a"])
    }

    @Test(arguments: [true, false])
    func `A log of text is whole, whatever was cut`(isChunked: Bool) async throws {
        let texts: [(String, Bool)] = [
            ("a\nb\nhal", true), ("a\nb\n", false), ("a\nb\nhalf", false), ("a\nb\nhalf\nc\nla", false),
            ("a\nb\nhalf\nc\nlast", false), ("a\nb\nhalf\nc\nlast", false),
        ]
        let answers = texts.map { Self.body($0.0, isCut: $0.1, type: Self.plain, isChunked: isChunked) }
        // The job ends while the fourth text is under way, which was made before and may be cut.
        let outcome = try await Self.follow(answers, endsAt: 4, status: "SUCCEEDED")
        #expect(outcome.lines == ["a", "b", "half", "c", "last"])
        #expect(outcome.job?.status == .succeeded)
        #expect(outcome.tails.count == 5)
    }

    @Test
    func `A server that sends other lines after a cut is an error, not a gap`() async throws {
        let error = try #require(
            await failure {
                _ = try await Self.follow([
                    Self.body("a\nb\n", isCut: true, type: Self.plain),
                    Self.body("c\nd\ne\n", isCut: false, type: Self.plain),
                ])
            })
        #expect(error.code == .protocolError)
    }

    @Test
    func `Connections in vain are bounded, and a new line starts the count again`() async throws {
        let clock = ManualClock()
        let cuts = (0..<30).map { Self.body($0 % 3 == 2 ? "" : Self.event($0, "x"), isCut: true, type: Self.events) }
        let error = try #require(await failure { _ = try await Self.follow(cuts, clock: clock) })
        #expect(error.code == .connectionRefused)
        // The 30 brought something now and then; the last two failures and ten more were too many.
        #expect(clock.pauses.count == 30 + 9)
    }

    @Test
    func `A job that is not there is not found`() async throws {
        let transport = ScriptedTransport { sent in
            sent.path.hasSuffix("/tail_console_logs/")
                ? Self.body(
                    "data: {\"type\":\"error\",\"message\":\"no such job\"}\n\n", isCut: false, type: Self.events)
                : .json(#"{"detail":"Not found."}"#, status: 404)
        }
        let log = try makeClient(transport: transport).tailJobConsoleLogs("j/../x")
        let error = try #require(await failure { for try await _ in log {} })
        #expect(error.code == .notFound && transport.requests.count == 2)
        #expect(transport.requests[0].path == "/jobs/j%2F..%2Fx/tail_console_logs/")
    }

    @Test
    func `Too many tails are waited for`() async throws {
        let clock = ManualClock()
        var busy = TransportResponse.json(#"{"detail":"too many"}"#, status: 429, headers: ["Retry-After": "7"])
        busy.headerFields[.retryAfter] = "7"
        let outcome = try await Self.follow(
            [busy, busy, Self.body(Self.event(0, "a") + Self.complete, isCut: false, type: Self.events)], clock: clock)
        #expect(outcome.lines == ["a"])
        #expect(clock.pauses == [.seconds(7), .seconds(7)])
    }

    @Test
    func `Silence is a cut, and cancelling ends a tail at once`() async throws {
        try await ScriptedServer.withServer { request in
            request.path.hasSuffix("/tail_console_logs/")
                ? .raw(Array("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\na\nb\n".utf8)) : .silence
        } _: { server in
            var configuration = ClientConfiguration(baseURL: server.url)
            configuration.timeouts.tail = .milliseconds(100)
            try await withBackendClient(configuration, logger: .silent) { client in
                let seen = Shared(0)
                await #expect(throws: CancellationError.self) {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            for try await _ in client.tailJobConsoleLogs("j") { seen.change { $0 += 1 } }
                        }
                        while seen.value < 2 { await Task.yield() }
                        group.cancelAll()
                        try await group.next()
                    }
                }
            }
        }
        try await ScriptedServer.withServer { request in
            guard request.path.hasSuffix("/tail_console_logs/") else { return .json(#"{"id":"j","status":"STOPPED"}"#) }
            // A line a connection, the one behind the last that came: a busy machine may lose a connection more.
            let last = request.headers.first { $0.name.lowercased() == "last-event-id" }.flatMap { Int($0.value) }
            let number = (last ?? -1) + 1
            let chunk = Self.event(number, "line \(number)") + (number == 3 ? Self.complete : "")
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            let text = head + String(chunk.utf8.count, radix: 16) + "\r\n" + chunk + "\r\n"
            // The first connection falls silent, others are reset.
            return request.index == 0 ? .respondAndStay(Array(text.utf8)) : .rawThenReset(Array(text.utf8))
        } _: { server in
            var configuration = ClientConfiguration(baseURL: server.url)
            configuration.timeouts.tail = .milliseconds(100)
            configuration.retry.firstStep = .milliseconds(1)
            try await withBackendClient(configuration, logger: .silent) { client in
                let log = client.tailJobConsoleLogs("j")
                var lines: [String] = []
                for try await line in log { lines.append(line) }
                #expect(lines == (0...3).map { "line \($0)" })
                #expect(log.finalJob?.status == .stopped)
            }
        }
    }
}
