import GRDB
import HTTPTypes
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

/// Who may use what: every route, asked for in every role.
@Suite(.timeLimit(.minutes(2)))
struct AccessRuleTests {
    private static let administration: Set<String> = [
        "POST storages", "PATCH storages/{id}", "POST agents", "POST users", "POST members",
    ]
    /// Writes that everybody may try; what they do to others is checked by themselves.
    private static let personal: Set<String> = [
        "POST users/logout", "PATCH users/me", "POST tokens", "DELETE tokens/{id}", "DELETE members/{id}",
    ]
    /// What no job may do, whoever started it.
    private static let notForJobs = administration.union(personal).union([
        "PATCH users/{id}", "PATCH members/{id}",
    ])
    private static let agents: Set<String> = [
        "GET agents/{token}/connect", "POST agents/{token}/connect", "GET jobs", "GET jobs/{id}", "PATCH jobs/{id}",
        "GET jobs/{id}/console_logs", "GET jobs/{id}/tail_console_logs", "GET async/jobs/{id}/tail_console_logs",
        "PUT trains/{id}/override_best_trial", "GET logs", "POST logs", "GET plugins", "GET plugins/{id}",
        "GET plugin_releases", "GET plugin_releases/{id}", "GET serve_applications", "GET serve_applications/{id}",
        "PATCH serve_applications/{id}",
    ]

    @Test func everyRouteIsForThoseItIsFor() async throws {
        try await withEmbeddedBackend { backend in
            let crew = try await Crew(backend)
            let agent = try await crew.owner.post("/agents/", ["name": "a"])
            var asAgent = TestClient(backend)
            asAgent.token = nil
            asAgent = asAgent.with("SYNAPSE-Agent", "Token \(agent["token"].stringValue ?? "")")
            let job = try await Self.jobOfAnOwner(backend)
            var checked = 0
            for route in TenantIsolationTests.routes(backend) {
                // Rows that are not there: whoever is let in gets 404 or 400, and changes nothing.
                let path = "/" + route.segments.map { $0.hasPrefix("{") ? "999999" : String($0) }.joined(separator: "/")
                for (method, action) in route.actions {
                    if case .open = action { continue }
                    let name = "\(method.rawValue) \(route.template)"
                    // It would end the sessions that the others are asked with.
                    if name == "POST users/logout" { continue }
                    let least: Role =
                        Self.administration.contains(name)
                        ? .admin : method == .get || Self.personal.contains(name) ? .guest : .member
                    for (role, client) in [(Role.guest, crew.guest.client), (.member, crew.ann.client)] {
                        let status = try await Self.ask(client, method, path, role)
                        #expect((status == 403) == (role < least), "\(name) as \(role): \(status)")
                    }
                    let asJob = try await Self.ask(job, method, path, .member)
                    #expect((asJob == 403) == Self.notForJobs.contains(name), "\(name) as a job: \(asJob)")
                    let status = try await Self.ask(asAgent, method, path, .guest)
                    #expect((status == 403) == !Self.agents.contains(name), "\(name) as an agent: \(status)")
                    checked += 1
                }
            }
            #expect(checked >= 90)
            #expect(try await crew.owner.get("/projects/")["count"] == 1)
        }
    }

    /// A client with the token of a job that the owner started and that is under way.
    private static func jobOfAnOwner(_ backend: EmbeddedBackend) async throws -> TestClient {
        let uuid = try await JobWorkspace(TestClient(backend)).makeJob()
        let token = TokenMaker.random()
        try await backend.server.services.database.write { db in
            let row = try #require(
                try Row.fetchOne(db, sql: "SELECT tenant_id, id FROM job WHERE uuid = ?", arguments: [uuid]))
            let key = JobRecord.Key(tenant: row[0], id: row[1])
            let runs = JobRunRepository()
            try runs.enqueue(db, key)
            // Whoever runs jobs here must not take it.
            try db.execute(
                sql: "UPDATE job_run SET executor = 'test', claimed = ? WHERE job_id = ?",
                arguments: [WireTime.now(), key.id])
            let job = try JobRepository(tenant: key.tenant).existing(db, uuid)
            _ = try runs.prepare(db, job, handle: uuid, token: token, plugin: "digits")
        }
        return TestClient(backend, token: token)
    }

    @Test func aJobsTokenWorksAsAMemberAndManagesNothing() async throws {
        try await withEmbeddedBackend { backend in
            let job = try await Self.jobOfAnOwner(backend)
            #expect(try await job.get("/projects/").status == 200)
            #expect(try await job.post("/logs/", ["event": "info", "data": [:]]).status != 403)
            #expect(try await job.get("/storages/?page_size=1").status == 200)
            for (path, body) in [
                ("/users/", ["email": "eve@example.com", "password": "long enough 1", "role": "member"]),
                ("/tokens/", ["description": "kept"]), ("/members/", ["user": 1]), ("/agents/", ["name": "mine"]),
                ("/storages/", ["name": "far", "category": "external", "provider": "amazon_s3"]),
            ] as [(String, JSONValue)] {
                let reply = try await job.post(path, body)
                #expect(reply.status == 403 && reply.text.contains("job"), "\(path) \(reply.text)")
            }
            #expect(try await job.json(.PATCH, "/users/me/", ["password": "another one 1"]).status == 403)
        }
    }

    /// On a busy machine a job may say what has become of it before the server has written that it runs.
    @Test func aJobThatSpeaksRuns() async throws {
        try await withEmbeddedBackend { backend in
            let job = try await Self.jobOfAnOwner(backend)
            let row = try #require(try await job.get("/jobs/").results.first)
            let path = "/jobs/\(row["id"]?.stringValue ?? "")/"
            #expect(row["status"] == "PENDING")
            #expect(try await TestClient(backend).json(.PATCH, path, ["status": "SUCCEEDED"]).status == 400)
            let ended = try await job.json(.PATCH, path, ["status": "SUCCEEDED"])
            #expect(ended.status == 200 && ended["status"] == "SUCCEEDED", "\(ended.text)")
            #expect(ended["started"].stringValue != nil)
        }
    }

    /// A body that no route takes; a list would be an empty one.
    private static func ask(
        _ client: TestClient, _ method: HTTPRequest.Method, _ path: String, _ role: Role
    ) async throws -> Int {
        if method == .get || method == .delete {
            return try await client.send(HTTPMethod(rawValue: method.rawValue), path).status
        }
        return try await client.json(HTTPMethod(rawValue: method.rawValue), path, ["user": "nobody"]).status
    }

    @Test func secretsOfStoragesAreForThoseWhoWork() async throws {
        try await withEmbeddedBackend { backend in
            let crew = try await Crew(backend)
            let (ann, guest) = (crew.ann.client, crew.guest.client)
            let secret = "s3cr3t-\(Int.random(in: 0..<1_000_000))"
            let made = try await crew.owner.post(
                "/storages/",
                [
                    "name": "far", "category": "external", "provider": "amazon_s3",
                    "configuration": [
                        "bucket_name": "b", "access_key": "k", "secret_key": .string(secret), "region_name": "r",
                    ],
                ])
            #expect(made.status == 201, "\(made.text)")
            let path = "/storages/\(made.id)/"
            for query in ["with_configuration=true", "with_configuration=1", "with_configuration=x"] {
                #expect(try await guest.get(path + "?" + query).status == 403)
            }
            let plain = try await guest.get(path + "?with_configuration=false")
            #expect(plain.status == 200 && !plain.text.contains(secret))
            #expect(try await guest.post(path + "session/", [:]).status == 403)
            // A plugin runs with the token of a member, and opens storages.
            #expect(try await ann.get(path + "?with_configuration=true").text.contains(secret))
            #expect(try await ann.post(path + "session/", ["purpose": "read"]).text.contains(secret))
        }
    }

    @Test func tokensOfAgentsAreForAdministrators() async throws {
        try await withEmbeddedBackend { backend in
            let crew = try await Crew(backend)
            let agent = try await crew.owner.post("/agents/", ["name": "a"])
            let token = try #require(agent["token"].stringValue)
            #expect(try await crew.owner.get("/agents/").text.contains(token))
            for client in [crew.ann.client, crew.guest.client] {
                for path in ["/agents/", "/agents/\(agent.id)/"] {
                    let reply = try await client.get(path)
                    #expect(reply.status == 200 && !reply.text.contains(token), "\(reply.text)")
                }
            }
        }
    }

    @Test func anAgentsTokenAloneDoesTheWorkOfAnAgent() async throws {
        try await withEmbeddedBackend { backend in
            let owner = TestClient(backend)
            let jobs = try await JobWorkspace(owner)
            let token = try await owner.post("/agents/", ["name": "a"])["token"].stringValue ?? ""
            let job = try await jobs.makeJob()
            let agent = TestClient(backend).withoutToken().with("SYNAPSE-Agent", "Token \(token)")
            #expect(try await agent.post("/agents/\(token)/connect/", [:])["status"] == "connected")
            #expect(try await agent.json(.PATCH, "/jobs/\(job)/", ["status": "running"]).status == 200)
            #expect(try await agent.post("/logs/", ["job": .string(job), "event": "info", "data": [:]]).status == 201)
            #expect(try await agent.get("/logs/?job=\(job)")["count"] == 1)
            #expect(try await owner.get("/jobs/\(job)/")["status"] == "RUNNING")
            #expect(try await agent.get("/plugin_releases/\(jobs.release)/").status == 200)
            #expect(try await agent.get("/projects/").status == 403)
            // It is a token of one tenant, and none of a user in another header.
            #expect(try await agent.with("Synapse-Tenant", "Token elsewhere").get("/jobs/").status == 403)
            #expect(try await TestClient(backend, token: token).get("/jobs/").status == 401)
            let unknown = TestClient(backend).withoutToken().with("SYNAPSE-Agent", "Token nonsense")
            #expect(try await unknown.get("/jobs/").status == 401)
            // Beside a user's token it changes nothing.
            #expect(try await owner.with("SYNAPSE-Agent", "Token nonsense").get("/projects/").status == 200)
        }
    }
}
