import Logging
import SynapseClient
import SynapseTestSupport
import Testing

/// The faults of a bad day, over a real socket: each has its code, and one line that says what to do.
@Suite(.timeLimit(.minutes(1)))
struct FaultTableTests {
    static let token = "syn_5ecr3t-t0ken-of-the-test"

    struct Fault: Sendable, CustomTestStringConvertible {
        var name: String
        var greeting: ScriptedServer.Greeting = .serve
        var reply: ScriptedServer.Reply = .silence
        /// Replaces the URL of the server.
        var url: (@Sendable (ScriptedServer) -> String)?
        var code: ClientError.Code
        var status: Int?
        /// Words that the line must have.
        var says: [String]

        var testDescription: String { name }
    }

    static let page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>gateway \(token)</body></html>"

    static let faults: [Fault] = [
        // A port that was free a moment ago: nothing listens at port 1 of loopback.
        Fault(
            name: "refused", url: { _ in "http://127.0.0.1:1" }, code: .connectionRefused,
            says: ["127.0.0.1:1", "running"]
        ),
        Fault(
            name: "unknown host", url: { "http://no-such-host.invalid:\($0.port)" }, code: .hostNotFound,
            says: ["no-such-host.invalid", "not found"]),
        Fault(
            name: "TLS failure", greeting: .raw([0x15, 3, 3, 0, 2, 2, 40]), url: { "https://127.0.0.1:\($0.port)" },
            code: .tlsFailed, says: ["encrypted", "certificate"]),
        Fault(
            name: "plain text where TLS was due", greeting: .raw(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)),
            url: { "https://127.0.0.1:\($0.port)" }, code: .tlsFailed, says: ["https"]),
        Fault(name: "read time-out", reply: .silence, code: .readTimeout, says: ["silent", "200 ms"]),
        Fault(name: "closed without an answer", reply: .close, code: .connectionLost, says: ["broke"]),
        Fault(name: "reset before the answer", reply: .reset, code: .connectionLost, says: ["broke"]),
        Fault(
            name: "reset in the body",
            reply: .rawThenReset(Array("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"id\": ".utf8)),
            code: .connectionLost, says: ["broke", "try again"]),
        Fault(
            name: "truncated answer",
            reply: .raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"id\": 1".utf8)),
            code: .truncatedResponse, says: ["too early"]),
        Fault(
            name: "not HTTP", reply: .raw(Array("220 mail.example ESMTP\r\n".utf8)), code: .protocolError,
            says: ["does not speak HTTP"]),
        Fault(
            name: "HTML from a proxy",
            reply: .respond(status: 200, headers: [("Content-Type", "text/html")], body: Array(page.utf8)),
            code: .htmlResponse, status: 200, says: ["HTML", "Sign in", "base URL"]),
        Fault(name: "empty body", reply: .respond(status: 200), code: .emptyResponse, status: 200, says: ["empty"]),
        Fault(
            name: "JSON that is none", reply: .json("{\"id\": 1, \(token)}"), code: .invalidJSON, status: 200,
            says: ["not valid JSON"]),
        Fault(
            name: "JSON of another shape", reply: .json("{\"id\": \"seven \(token)\"}"), code: .unexpectedShape,
            status: 200,
            says: ["id", "another shape"]),
        Fault(
            name: "401", reply: .json("{\"detail\": \"Invalid token \(token)\"}", status: 401), code: .notSignedIn,
            status: 401, says: ["token is missing, wrong or expired", "<redacted>"]),
        Fault(
            name: "403", reply: .json("{\"detail\": \"No permission. \(token)\"}", status: 403), code: .notAllowed,
            status: 403,
            says: ["not allowed", "No permission"]),
        Fault(
            name: "403 of a proxy", reply: .respond(status: 403, body: Array(page.utf8)), code: .notAllowed,
            status: 403,
            says: ["HTML page", "proxy"]),
        Fault(
            name: "404",
            reply: .json("{\"detail\": \"Not found. \(token)\"}", status: 404, headers: [("X-Request-ID", "r-17")]),
            code: .notFound, status: 404, says: ["not found", "r-17"]),
        Fault(
            name: "400 with field errors",
            reply: .json(
                "{\"title\": [\"This field is required.\"], \"non_field_errors\": [\"Odd. \(token)\"]}", status: 400),
            code: .validationFailed, status: 400, says: ["title: This field is required.", "Odd."]),
        Fault(
            name: "422 with a list",
            reply: .json(
                "{\"detail\": [{\"loc\": [\"body\", \"project\"], \"msg\": \"Field required\", \"type\": \"missing\"}]}",
                status: 422),
            code: .validationFailed, status: 422, says: ["project", "Field required"]),
        Fault(
            name: "400 with a bare list", reply: .json("[\"first\", \"second\"]", status: 400), code: .validationFailed,
            status: 400, says: ["first"]),
        Fault(
            name: "413", reply: .json("{\"detail\": \"Too big\"}", status: 413), code: .payloadTooLarge, status: 413,
            says: ["larger", "chunks"]),
        Fault(
            name: "429",
            reply: .json("{\"detail\": \"Throttled\"}", status: 429, headers: [("Retry-After", "7")]),
            code: .rateLimited, status: 429, says: ["too many", "7 s"]),
        Fault(
            name: "500", reply: .json("{\"detail\": \"boom \(token)\"}", status: 500), code: .serverError, status: 500,
            says: ["server failed", "boom"]),
        Fault(
            name: "502 of a proxy", reply: .respond(status: 502, body: Array(page.utf8)), code: .badGateway,
            status: 502,
            says: ["proxy", "HTML"]),
        Fault(
            name: "503", reply: .json("{\"detail\": \"maintenance \(token)\"}", status: 503), code: .serviceUnavailable,
            status: 503,
            says: ["try again later", "maintenance"]),
        Fault(name: "504", reply: .respond(status: 504), code: .gatewayTimeout, status: 504, says: ["waited too long"]),
        Fault(
            name: "redirect to another host",
            reply: .respond(status: 302, headers: [("Location", "http://elsewhere.example/login")]),
            code: .redirectRefused, status: 302, says: ["elsewhere.example"]),
    ]

    @Test(arguments: faults)
    func `Each fault of a read has its code and its line`(fault: Fault) async throws {
        try await ScriptedServer.withServer(greeting: fault.greeting, respond: { _ in fault.reply }) { server in
            // A short time-out where silence is the fault; elsewhere a busy machine must not look like it.
            let read: Duration = fault.code == .readTimeout ? .milliseconds(200) : .seconds(20)
            let configuration = configuration(fault.url?(server) ?? server.url, read: read)
            try await withBackendClient(configuration, logger: .silent) { client in
                let error = try #require(await failure { _ = try await client.getProject(7) })
                check(error, fault)
                #expect(error.context.operation == "getProject")
                #expect(error.context.path == "/projects/7/")
            }
        }
    }

    @Test(arguments: [ScriptedServer.Reply.close, .reset, .silence])
    func `A lost answer of a write is an outcome that nobody knows`(reply: ScriptedServer.Reply) async throws {
        try await ScriptedServer.withServer(respond: { _ in reply }) { server in
            try await withBackendClient(configuration(server.url, attempts: 4)) { client in
                let error = try #require(await failure { _ = try await client.createTasks(project: 1, dataUnits: [2]) })
                #expect(error.code == .outcomeUnknown)
                #expect(error.message.contains("look before repeating"))
                #expect(server.requests.count == 1)
                leaksNothing(error)
            }
        }
    }

    @Test
    func `A peer that stops reading is noticed`() async throws {
        let file = try TemporaryFile(byteCount: 64 << 20)
        try await ScriptedServer.withServer(greeting: .readNothing, respond: { _ in .silence }) { server in
            try await withBackendClient(configuration(server.url)) { client in
                let error = try #require(
                    await failure { _ = try await client.createDataFile(file.path, useChunkedUpload: false) }
                )
                #expect(error.code == .outcomeUnknown)
                #expect(error.message.contains("stopped taking data"))
                leaksNothing(error)
            }
        }
    }

    /// A queue of connections that is full: the system answers no further one.
    @Test
    func `A connection that is not taken is told from an answer that does not come`() async throws {
        let full = try FullListener()
        try await withBackendClient(configuration("http://127.0.0.1:\(full.port)")) { client in
            let error = try #require(await failure { _ = try await client.createTasks(project: 1, dataUnits: [2]) })
            #expect(error.code == .connectTimeout)
            #expect(error.message.contains("did not take the connection within 2 s"))
            leaksNothing(error)
        }
    }

    @Test
    func `A refused write was not sent and says so`() async throws {
        try await withBackendClient(configuration("http://127.0.0.1:1")) { client in
            let error = try #require(await failure { _ = try await client.createTasks(project: 1, dataUnits: [2]) })
            #expect(error.code == .connectionRefused)
        }
    }

    private func configuration(
        _ url: String, attempts: Int = 1, read: Duration = .milliseconds(200)
    ) -> ClientConfiguration {
        ClientConfiguration(
            baseURL: url, credentials: .init(accessToken: Secret(Self.token), tenant: "acme"),
            timeouts: .init(connect: .seconds(2), read: read, stall: .milliseconds(300)),
            retry: .init(attempts: attempts, firstStep: .milliseconds(1))
        )
    }

    private func check(_ error: ClientError, _ fault: Fault) {
        #expect(error.code == fault.code, "\(error) under \(String(reflecting: error.underlying))")
        #expect(error.statusCode == fault.status)
        for words in fault.says { #expect(error.description.contains(words), "\(error)") }
        #expect(!error.description.contains("\n"))
        leaksNothing(error)
    }

    private func leaksNothing(_ error: ClientError) {
        var dumped = ""
        dump(error, to: &dumped)
        for text in [
            error.description, error.message, error.response ?? "", "\(error)", String(reflecting: error), dumped,
        ] {
            #expect(!text.contains(Self.token))
        }
    }
}
