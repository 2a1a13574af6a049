import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

/// Against what is no Ray, or a Ray that fails: every error names the address, and says whether it may go over.
@Suite struct RayFaultTests {
    typealias Reply = ScriptedServer.Reply

    private static let html = Reply.respond(
        status: 200, headers: [("Content-Type", "text/html")], body: Array("<html>Welcome</html>".utf8))

    @Test func anAddressWhereNothingListens() async throws {
        let url = try await ScriptedServer.withServer(respond: { _ in .close }) { $0.url }
        let address = try #require(RayAddress(url))
        await expect(.unreachable, address)
    }

    @Test func aHostThatNobodyKnows() async throws {
        await expect(.unknownHost, try #require(RayAddress("http://no-such-host.invalid:8265")))
    }

    @Test(arguments: [
        (html, RayError.Code.notRay), (.json("[]"), .notRay), (.json("{}"), .notRay),
        (.json("{\"ray_version\":"), .notRay),
        (.respond(status: 404, body: Array("404: Not Found".utf8)), .notRay),
        (.respond(status: 302, headers: [("Location", "http://127.0.0.1:9/")]), .notRay),
        (.respond(status: 401, body: []), .notRay), (.raw(Array("SSH-2.0-x\r\n".utf8)), .notRay),
        (.respond(status: 503, body: Array("busy".utf8)), .failing), (.respond(status: 500, body: []), .failing),
        (.respond(status: 429, body: []), .failing), (.close, .noAnswer), (.reset, .noAnswer), (.silence, .noAnswer),
        (.respondAndStay(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".utf8)), .noAnswer),
    ])
    func whatAnswersOtherwise(_ reply: Reply, _ code: RayError.Code) async throws {
        try await withServer({ _ in reply }) { _, address in await expect(code, address) }
    }

    @Test func anEndlessAnswerIsBounded() async throws {
        let body = [UInt8](repeating: 0x20, count: (1 << 20) + 1)
        try await withServer({ _ in .respond(status: 200, body: body) }) { _, address in await expect(.notRay, address)
        }
    }

    @Test func aSubmissionWhoseAnswerIsLostIsOneRun() async throws {
        let job = try RayUnderTest.job("print(1)")
        defer { job.remove() }
        let answer: @Sendable (ScriptedServer.Request) -> Reply = { request in
            switch (request.method, request.path.contains("/packages/")) {
            case (_, true): .respond(status: 200)
            case ("POST", _): .close
            default: .json(#"{"status": "RUNNING"}"#)
            }
        }
        try await withServer(answer) { server, address in
            try await RayExecutor(address: address).start(job.run, handle: "synapse-1")
            #expect(server.requests.filter { $0.method == "POST" }.count == 1)
        }
    }

    @Test(arguments: [
        (400, "ValueError: bad", JobExecutorError.Code.refused),
        (500, "RuntimeError: Request failed with status code 400: TypeError", .refused),
        (500, "No available agent to submit job, please try again later.", .unavailable),
        (413, "Maximum request body size 104857600 exceeded.", .refused), (503, "full", .unavailable),
        (404, "404: Not Found", .unavailable),
    ])
    func aSubmissionThatIsNotTaken(_ status: Int, _ text: String, _ code: JobExecutorError.Code) async throws {
        let job = try RayUnderTest.job("print(1)")
        defer { job.remove() }
        let answer: @Sendable (ScriptedServer.Request) -> Reply = { request in
            switch (request.method, request.path.contains("/packages/")) {
            case (_, true): .respond(status: 200)
            case ("POST", _): .respond(status: status, body: Array(text.utf8))
            default: .respond(status: 404, body: Array("Job synapse-1 does not exist".utf8))
            }
        }
        try await withServer(answer) { _, address in
            await #expect {
                try await RayExecutor(address: address).start(job.run, handle: "synapse-1")
            } throws: { error in
                (error as? JobExecutorError)?.code == code && "\(error)".contains(address.description)
            }
        }
    }

    @Test func aProxyWithoutWebSocketIsReadByPosition() async throws {
        let log = #"{"logs": "ray's own\n\u001aS\none\ntwo\n\u001aE0\n"}"#
        let answer: @Sendable (ScriptedServer.Request) -> Reply = { request in
            if request.path.hasSuffix("/tail") { return .respond(status: 404) }
            return .json(request.path.hasSuffix("/logs") ? log : #"{"status": "SUCCEEDED", "driver_exit_code": 0}"#)
        }
        try await withServer(answer) { _, address in
            var output: [UInt8] = []
            let exit = try await RayExecutor(address: address).follow("synapse-1", from: 2) { output += $0.bytes }
            #expect(exit.isSuccess)
            #expect(output == Array("e\ntwo\n".utf8))
        }
    }

    @Test func aJobThatRayHasForgottenIsUnknown() async throws {
        let answer: @Sendable (ScriptedServer.Request) -> Reply = { _ in
            .respond(status: 404, body: Array("Job synapse-1 does not exist".utf8))
        }
        try await withServer(answer) { _, address in
            await #expect {
                try await RayExecutor(address: address).follow("synapse-1", from: 0) { _ in }
            } throws: { error in
                (error as? JobExecutorError)?.code == .unknownRun && "\(error)".contains(address.description)
            }
            try await RayExecutor(address: address).stop("synapse-1")
        }
    }

    private func expect(_ code: RayError.Code, _ address: RayAddress) async {
        let client = RayClient(address: address)
        await #expect {
            try await client.version(within: .seconds(30))
        } throws: { error in
            (error as? RayError)?.code == code && "\(error)".contains(address.description)
        }
        let health = await RayExecutor(address: address).health()
        #expect(!health.isReady)
        #expect(health.text.contains(address.description))
    }

    private func withServer(
        _ answer: @escaping @Sendable (ScriptedServer.Request) -> Reply,
        _ body: (ScriptedServer, RayAddress) async throws -> Void
    ) async throws {
        try await ScriptedServer.withServer(respond: answer) { server in
            try await body(server, try #require(RayAddress(server.url)))
        }
    }
}
