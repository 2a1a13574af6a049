import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct ConsoleTailTests {
    /// Opens a stream and hands its body to a closure.
    private static func follow<Result>(
        _ client: TestClient, _ path: String, events: Bool = false, lastEventID: String? = nil,
        _ body: (HTTPClientResponse) async throws -> Result
    ) async throws -> Result {
        var request = HTTPClientRequest(url: client.url + path)
        request.headers.add(name: "Synapse-Access-Token", value: "Token \(client.token ?? "")")
        if events { request.headers.add(name: "Accept", value: "text/event-stream") }
        if let lastEventID { request.headers.add(name: "Last-Event-ID", value: lastEventID) }
        return try await body(try await HTTPClient.shared.execute(request, timeout: .seconds(60)))
    }

    @Test(arguments: ["/jobs/", "/async/jobs/"])
    func aTailSendsEachLineAtOnceAndEndsWithTheJob(prefix: String) async throws {
        try await withEmbeddedBackend { backend in
            let work = try await JobWorkspace(TestClient(backend))
            let job = try await work.makeJob()
            try await work.printLines(job, ["first"])
            try await Self.follow(work.client, "\(prefix)\(job)/tail_console_logs/") { response in
                #expect(response.headers.first(name: "Content-Type") == "text/plain; charset=utf-8")
                var received = ""
                var step = 0
                for try await piece in response.body {
                    received += String(buffer: piece)
                    // The next line is printed only when the one before has arrived.
                    if step == 0, received == "first\n" {
                        try await work.printLines(job, ["손실 0.5", ""])
                        step = 1
                    } else if step == 1, received == "first\n손실 0.5\n\n" {
                        _ = try await work.patch(job, ["status": "running"])
                        _ = try await work.patch(
                            job, ["status": "succeeded", "console_logs": ["a\u{0C}b\rc\u{2028}d\u{85}e\u{1D}f"]])
                        step = 2
                    }
                }
                #expect(step == 2 && received == "first\n손실 0.5\n\na b c d e f\n")
            }
        }
    }

    @Test func aTailOfEventsCanBeResumed() async throws {
        try await withEmbeddedBackend(configure: { $0.tailHeartbeat = .milliseconds(30) }) { backend in
            let work = try await JobWorkspace(TestClient(backend))
            let job = try await work.makeJob()
            try await work.printLines(job, ["a", "b\u{2028}", "c\rd"])
            let path = "/jobs/\(job)/tail_console_logs/"
            let all = try await Self.follow(work.client, path, events: true) { response in
                #expect(response.headers.first(name: "Content-Type") == "text/event-stream; charset=utf-8")
                var received = ""
                for try await piece in response.body {
                    received += String(buffer: piece)
                    if received.contains(": heartbeat\n\n"), !received.contains("complete") {
                        _ = try await work.patch(job, ["status": "stopped"])
                    }
                }
                return received
            }
            #expect(
                all.hasPrefix(
                    "data: {\"type\":\"connected\",\"job_id\":\"\(job)\"}\n\nid: 0\ndata: {\"type\":\"log\",\"data\":\"a\",\"created\":\"2"
                ))
            #expect(all.contains("id: 2\ndata: {\"type\":\"log\",\"data\":\"c\\rd\",\"created\":\"2"))
            #expect(all.contains("Z\"}\n\n: heartbeat\n\n"))
            #expect(
                all.hasSuffix(
                    "data: {\"type\":\"complete\",\"message\":\"The job has ended: STOPPED.\",\"status\":\"STOPPED\"}\n\n"
                ))
            for (last, ids) in [("0", ["id: 1", "id: 2"]), ("2", []), ("x", ["id: 0", "id: 1", "id: 2"]), ("99", [])] {
                let rest = try await Self.follow(work.client, path, events: true, lastEventID: last) { response in
                    String(buffer: try await response.body.collect(upTo: 1 << 20))
                }
                #expect(rest.split(separator: "\n").filter { $0.hasPrefix("id:") }.map(String.init) == ids, "\(last)")
            }
        }
    }

    /// A job that says that it is done while its output is still being taken in is followed until all is in.
    @Test func aTailWaitsForWhatStillWrites() async throws {
        try await withEmbeddedBackend(configure: { $0.tailHeartbeat = .milliseconds(20) }) { backend in
            let work = try await JobWorkspace(TestClient(backend))
            let job = try await work.makeJob()
            let path = "/jobs/\(job)/tail_console_logs/"
            let services = backend.server.services
            let key = try await services.database.read { db in try JobRepository(tenant: 1).existing(db, job).key }
            _ = try await work.patch(job, ["status": "running"])
            let body = try await services.jobs.withOutput(of: key) {
                _ = try await work.patch(job, ["status": "succeeded"])
                return try await Self.follow(work.client, path, events: true) { response in
                    // A heartbeat shows that the tail has seen the end of the job, and waits.
                    var iterator = response.body.makeAsyncIterator()
                    var received = ""
                    while !received.contains("heartbeat"), let piece = try await iterator.next() {
                        received += String(buffer: piece)
                    }
                    #expect(received.contains("heartbeat") && !received.contains("complete"))
                    let lines = PrintedLine.lines(of: "late\nlater\n", created: WireTime.now())
                    try await services.jobs.append(lines, to: key)
                    return try await work.client.get("/jobs/\(job)/console_logs/").json
                }
            }
            #expect(body == ["late", "later"])
            #expect(try await work.client.get(path).text == "late\nlater\n")
        }
    }

    @Test func aTenantFollowsSoManyLogsAtATime() async throws {
        try await withEmbeddedBackend(configure: { $0.limits.tailCount = 2 }) { backend in
            let work = try await JobWorkspace(TestClient(backend))
            let job = try await work.makeJob()
            let path = "/jobs/\(job)/tail_console_logs/"
            try await work.printLines(job, ["x"])
            try await Self.follow(work.client, path) { first in
                try await Self.follow(work.client, path) { second in
                    var iterators = [first.body.makeAsyncIterator(), second.body.makeAsyncIterator()]
                    for index in 0...1 { #expect(try await iterators[index].next() != nil) }
                    let third = try await work.client.get(path)
                    #expect(third.status == 429 && third.headers.first(name: "Retry-After") == "5")
                    #expect(try await work.client.send(.HEAD, path).status == 429)
                }
            }
            // Both connections are gone: their places come back.
            try await eventually {
                let status = try await work.client.send(.HEAD, path).status
                #expect([200, 429].contains(status))
                return status == 200
            }
        }
    }

    /// A shutdown cuts the stream at once, and not in the way in which it ends.
    @Test func aShutdownCutsATail() async throws {
        let ended = try await withEmbeddedBackend(configure: { $0.shutdownGrace = .seconds(60) }) { backend in
            let work = try await JobWorkspace(TestClient(backend))
            let job = try await work.makeJob()
            // More than sockets hold: the tail waits for its reader, who reads nothing.
            try await work.printLines(job, [String](repeating: String(repeating: "x", count: 60_000), count: 400))
            return Opened(try await Self.follow(work.client, "/jobs/\(job)/tail_console_logs/") { $0 }.body)
        }
        await #expect(throws: (any Error).self) { for try await _ in ended.body {} }
        #expect(ContinuousClock.now - ended.opened < .seconds(30))
    }

    private struct Opened: Sendable {
        let body: HTTPClientResponse.Body
        let opened = ContinuousClock.now

        init(_ body: HTTPClientResponse.Body) { self.body = body }
    }
}
