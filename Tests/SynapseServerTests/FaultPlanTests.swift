import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

/// Faults on purpose: each kind, when it comes, and what is said of a plan that makes no sense.
@Suite(.timeLimit(.minutes(2)))
struct FaultPlanTests {
    private static func plan(_ text: String) throws -> FaultPlan { try FaultPlan(parsing: Array(text.utf8)) }

    private static func withPlan(
        _ rules: String, seed: Int = 1, _ body: (TestClient) async throws -> Void
    ) async throws {
        let plan = try plan(#"{"seed": \#(seed), "rules": [\#(rules)]}"#)
        try await withEmbeddedBackend(configure: { $0.faultPlan = plan }) { backend in
            try await body(TestClient(backend))
        }
    }

    /// The statuses of some requests, 0 for one without an answer.
    private static func statuses(_ client: TestClient, _ path: String, _ count: Int) async -> [Int] {
        var statuses: [Int] = []
        for _ in 0..<count { statuses.append((try? await client.get(path).status) ?? 0) }
        return statuses
    }

    @Test func aStatusComesWithRetryAfter() async throws {
        try await Self.withPlan(#"{"route": "/projects/", "fault": "status", "status": 503, "retry_after": 7}"#) {
            (client) async throws in
            let reply = try await client.get("/projects/")
            #expect(reply.status == 503)
            #expect(reply.headers.first(name: "Retry-After") == "7")
            #expect(reply["detail"] == "A fault on purpose.")
            #expect(try await client.get("/tasks/").status == 200)
        }
    }

    @Test func anHTMLPageStandsForAProxy() async throws {
        try await Self.withPlan(#"{"route": "projects/{id}", "method": "get", "fault": "html"}"#) {
            (client) async throws in
            let reply = try await client.get("/projects/7/")
            #expect(reply.status == 502)
            #expect(reply.text.contains("<h1>502 Bad Gateway</h1>"))
            #expect(try await client.get("/projects/").status == 200)
        }
    }

    @Test(arguments: [
        (#""every": 3"#, [200, 200, 503, 200, 200, 503, 200]), (#""first": 2"#, [503, 503, 200, 200, 200, 200, 200]),
        (#""skip": 2, "first": 1"#, [200, 200, 503, 200, 200, 200, 200]),
        ("\"every\": 1", [503, 503, 503, 503, 503, 503, 503]),
        (#""probability": 0"#, [200, 200, 200, 200, 200, 200, 200]),
        (#""probability": 1"#, [503, 503, 503, 503, 503, 503, 503]),
    ])
    func aRuleAppliesWhenItsTurnComes(occasion: String, statuses: [Int]) async throws {
        try await Self.withPlan(#"{"route": "/projects/", "fault": "status", "status": 503, \#(occasion)}"#) {
            (client) async throws in
            #expect(await Self.statuses(client, "/projects/", 7) == statuses)
        }
    }

    @Test func chancesFollowTheSeed() async throws {
        var seen: [[Int]] = []
        for seed in [5, 5, 6] {
            try await Self.withPlan(#"{"fault": "status", "status": 500, "probability": 0.5}"#, seed: seed) {
                (client) async throws in
                seen.append(await Self.statuses(client, "/projects/", 40))
            }
        }
        #expect(seen[0] == seen[1])
        #expect(seen[0] != seen[2])
        #expect((8...32).contains(seen[0].count { $0 == 500 }))
    }

    @Test func aLostReplyIsOfARequestThatWasDone() async throws {
        try await Self.withPlan(#"{"route": "/projects/", "method": "POST", "fault": "lost_reply", "first": 1}"#) {
            (client) async throws in
            let body: JSONValue = ["title": "once", "category": "image"]
            await #expect(throws: (any Error).self) { _ = try await client.post("/projects/", body) }
            #expect(try await client.get("/projects/")["count"] == 1)
        }
    }

    @Test func aResetRequestIsNotDone() async throws {
        let rules = #"{"route": "/projects/", "method": "POST", "fault": "reset", "first": 1}"#
        try await Self.withPlan(rules) { (client) async throws in
            let body: JSONValue = ["title": "never", "category": "image"]
            await #expect(throws: (any Error).self) { _ = try await client.post("/projects/", body) }
            #expect(try await client.get("/projects/")["count"] == 0)
        }
    }

    @Test func aResetCanWaitForBytes() async throws {
        let rules = #"{"route": "/data_files/", "method": "POST", "fault": "reset", "after_bytes": 500000}"#
        try await Self.withPlan(rules) { (client) async throws in
            #expect(try await client.upload(Array(repeating: 1, count: 1000)).status == 201)
            await #expect(throws: (any Error).self) {
                _ = try await client.upload(Array(repeating: 1, count: 4 << 20))
            }
            #expect(try await client.get("/data_files/")["count"] == 1)
        }
    }

    @Test func aCutReplyEndsEarly() async throws {
        try await Self.withPlan(#"{"route": "/projects/", "fault": "cut_reply", "after_bytes": 10, "first": 1}"#) {
            (client) async throws in
            await #expect(throws: (any Error).self) { _ = try await client.get("/projects/") }
            #expect(try await client.get("/projects/").status == 200)
        }
    }

    @Test func aStallIsAWait() async throws {
        try await Self.withPlan(#"{"route": "/projects/", "fault": "stall", "seconds": 0.4, "first": 1}"#) {
            (client) async throws in
            let start = ContinuousClock.now
            #expect(try await client.get("/projects/").status == 200)
            #expect(ContinuousClock.now - start >= .milliseconds(400))
        }
    }

    @Test func oneBitIsTurnedOver() async throws {
        let rules = """
            {"route": "/data_files/", "method": "POST", "fault": "flip_bit", "offset": 200, "first": 1},
            {"route": "/media/{name}/{filename}/", "fault": "flip_bit", "in": "answer", "offset": 5, "first": 1}
            """
        try await Self.withPlan(rules) { (client) async throws in
            let bytes = [UInt8](repeating: 8, count: 1000)
            let stored = try await client.upload(bytes)
            #expect(stored.status == 201)
            #expect(stored["checksum"] != .string(TestClient.md5(bytes)))
            let link = stored["file"].stringValue ?? ""
            let damaged = try await client.withoutToken().get(link).bytes
            let whole = try await client.withoutToken().get(link).bytes
            #expect(damaged.count == 1000 && whole.count == 1000)
            #expect(zip(whole, bytes).count { $0 != $1 } == 1)
            #expect(zip(damaged, whole).enumerated().filter { $0.element.0 != $0.element.1 }.map(\.offset) == [5])
        }
    }

    @Test func healthIsMetOnlyByName() async throws {
        try await Self.withPlan(#"{"fault": "status", "status": 500}"#) { (client) async throws in
            #expect(try await client.get("/health").status == 200)
            #expect(try await client.get("/projects/").status == 500)
        }
        try await Self.withPlan(#"{"route": "/health", "fault": "status", "status": 500}"#) { (client) async throws in
            let reply = try await client.get("/health")
            #expect(reply.status == 500)
        }
    }

    @Test(arguments: [
        ("[", "not a JSON object"), ("[]", "not a JSON object"), (#"{"rules": []}"#, "rules must not be empty"),
        (#"{}"#, "rules must be a list of rules"), (#"{"rules": [1]}"#, "rules[0] must be an object"),
        (#"{"rules": [{}]}"#, "rules[0].fault is missing; it is one of status"),
        (#"{"rules": [{"fault": "sleep"}]}"#, "rules[0].fault is one of status, html"),
        (#"{"rules": [{"fault": "status"}]}"#, "rules[0].status is missing"),
        (#"{"rules": [{"fault": "status", "status": 200}]}"#, "rules[0].status must be a whole number from 400 to 599"),
        (
            #"{"rules": [{"fault": "reset"}, {"fault": "reset", "evry": 2}]}"#,
            "rules[1].evry is not known here; known are"
        ),
        (#"{"rules": [{"fault": "lost_reply", "seconds": 2}]}"#, "rules[0].seconds is not known here"),
        (#"{"rules": [{"fault": "reset", "every": 0}]}"#, "rules[0].every must be a whole number from 1"),
        (#"{"rules": [{"fault": "reset", "every": 1, "first": 1}]}"#, "rules[0].every excludes first and probability"),
        (#"{"rules": [{"fault": "reset", "probability": 2}]}"#, "rules[0].probability must be a number from 0"),
        (#"{"rules": [{"fault": "stall"}]}"#, "rules[0].seconds is missing"),
        (#"{"rules": [{"fault": "flip_bit", "in": "head"}]}"#, "rules[0].in is request or answer"),
        (#"{"rules": [{"fault": "reset", "method": "FETCH"}]}"#, "rules[0].method is one of GET"),
        (#"{"seed": -1, "rules": [{"fault": "reset"}]}"#, "seed must be a whole number from 0"),
    ])
    func aPlanThatMakesNoSenseIsToldSo(text: String, says: String) throws {
        let error = #expect(throws: BackendServerError.self) { try Self.plan(text) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        (
            #"{"route": "/project/", "fault": "reset"}"#,
            "rules[0].route: there is no route /project/; there are /projects/"
        ),
        (
            #"{"route": "/projects/", "method": "DELETE", "fault": "reset"}"#,
            "rules[0].method: /projects/ takes GET, HEAD, POST"
        ),
    ])
    func aRouteThatIsNotThereIsToldSo(rule: String, says: String) async throws {
        let plan = try Self.plan(#"{"rules": [\#(rule)]}"#)
        let error = await #expect(throws: BackendServerError.self) {
            try await withEmbeddedBackend(configure: { $0.faultPlan = plan }) { _ in }
        }
        #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
    }
}
