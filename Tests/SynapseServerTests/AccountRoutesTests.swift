import AsyncHTTPClient
import GRDB
import NIOCore
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct AccountRoutesTests {
    static let password = "correct horse battery"

    /// A client that brings a user's token, as `Authorization`.
    static func user(_ backend: EmbeddedBackend, _ token: String) -> TestClient {
        TestClient(backend).withoutToken().with("Authorization", "Token \(token)")
    }

    /// Makes a user and signs in.
    @discardableResult
    static func signUp(
        _ backend: EmbeddedBackend, _ email: String, role: String = "member", as maker: TestClient? = nil
    ) async throws -> (id: Int64, token: String) {
        let made = try await (maker ?? TestClient(backend)).post(
            "/users/", ["email": .string(email), "password": .string(password), "role": .string(role)])
        #expect(made.status == 201, "\(made.text)")
        let signedIn = try await TestClient(backend).withoutToken().post(
            "/users/login/", ["email": .string(email), "password": .string(password)])
        #expect(signedIn.status == 200, "\(signedIn.text)")
        return (made.id, signedIn["token"].stringValue ?? "")
    }

    @Test func createUserThenLoginGivesATokenOfThatUser() async throws {
        try await withEmbeddedBackend { backend in
            let ann = try await Self.signUp(backend, "Ann@Example.com")
            let me = try await Self.user(backend, ann.token).get("/users/me/")
            #expect(me["email"] == "ann@example.com" && me.id == ann.id)
            #expect(me["role"] == "member" && me["tenant"] == "default" && me["is_synapse_admin"] == false)
            let workspace = try await Workspace(Self.user(backend, ann.token))
            #expect(try await TestClient(backend).get("/projects/\(workspace.project)")["title"] == "p")
            // Neither password nor token stand in the database.
            let texts = try await backend.server.services.database.read { db in
                try String.fetchAll(db, sql: "SELECT password_digest FROM user WHERE password_digest IS NOT NULL")
                    + String.fetchAll(db, sql: "SELECT sha256 FROM user_token")
                    + String.fetchAll(db, sql: "SELECT body || fingerprint FROM idempotency_answer")
            }
            #expect(texts.count == 2 && texts[0].hasPrefix("pbkdf2-sha256$600000$"))
            #expect(!texts.joined().contains(Self.password) && !texts.joined().contains(ann.token))
        }
    }

    @Test func loginRefusesAWrongPasswordAndAnUnknownUserAlike() async throws {
        try await withEmbeddedBackend { backend in
            try await Self.signUp(backend, "ann@example.com")
            let client = TestClient(backend).withoutToken()
            _ = try await TestClient(backend).post("/users/", ["email": "bob@example.com"])
            var answers: Set<String> = []
            for (email, password) in [
                ("ann@example.com", "wrong password"), ("nobody@example.com", Self.password),
                ("bob@example.com", Self.password), ("admin@localhost.localdomain", Self.password),
            ] {
                let reply = try await client.post(
                    "/users/login/", ["email": .string(email), "password": .string(password)])
                #expect(reply.status == 401, "\(email)")
                answers.insert(reply.text)
            }
            #expect(answers == [#"{"detail":"Unable to log in with provided credentials."}"#])
            let hostile: [(String, Int)] = [
                ("", 400), ("null", 400), ("[]", 400), ("{", 400), (#"{"email":1,"password":[]}"#, 400),
                (#"{"email":"a@b.c"}"#, 400), (#"{"email":"a@b.c","password":""}"#, 400),
                (#"{"email":"a@b.c","password":"\#(String(repeating: "x", count: 2000))"}"#, 400),
                (#"{"email":"a@b.c","password":"\#(String(repeating: "x", count: 100_000))"}"#, 413),
            ]
            for (body, status) in hostile {
                let reply = try await client.send(
                    .POST, "/users/login/", body: .bytes(ByteBuffer(string: body)), type: "application/json")
                #expect(reply.status == status, "\(body.prefix(40)): \(reply.text)")
            }
        }
    }

    @Test func loginSlowsGuessesDown() async throws {
        let clock = ManualClock()
        try await withEmbeddedBackend(configure: { $0.loginTime = { clock.now } }) { backend in
            try await Self.signUp(backend, "ann@example.com")
            let client = TestClient(backend).withoutToken()
            let guess: JSONValue = ["email": "ANN@example.com", "password": "guess"]
            let right: JSONValue = ["email": "ann@example.com", "password": .string(Self.password)]
            for _ in 0..<LoginThrottle.freeFailureCount {
                #expect(try await client.post("/users/login/", guess).status == 401)
            }
            // The right password is not taken either while the user has to wait.
            for wait in [1, 2, 4] {
                let refused = try await client.post("/users/login/", right)
                #expect(refused.status == 429 && refused.headers.first(name: "Retry-After") == "\(wait)")
                clock.advance(by: .seconds(wait) - .milliseconds(1))
                #expect(try await client.post("/users/login/", right).status == 429)
                clock.advance(by: .milliseconds(1))
                #expect(try await client.post("/users/login/", guess).status == 401)
            }
            clock.advance(by: .seconds(8))
            #expect(try await client.post("/users/login/", right).status == 200)
            // Whoever got in begins anew.
            #expect(try await client.post("/users/login/", guess).status == 401)
            #expect(try await client.post("/users/login/", right).status == 200)
        }
    }

    /// Programs sign in side by side; only failures count.
    @Test func manyRightPasswordsAtOnceAllGetInAndManyWrongOnesDoNot() async throws {
        let clock = ManualClock()
        try await withEmbeddedBackend(configure: { $0.loginTime = { clock.now } }) { backend in
            try await Self.signUp(backend, "ann@example.com")
            let client = TestClient(backend).withoutToken()
            func statuses(_ password: String) async throws -> [Int] {
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<12 {
                        group.addTask {
                            try await client.post(
                                "/users/login/", ["email": "ann@example.com", "password": .string(password)]
                            ).status
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
            }
            #expect(try await statuses(Self.password) == [Int](repeating: 200, count: 12))
            let free = LoginThrottle.freeFailureCount
            let wrong = try await statuses("not the password").sorted()
            #expect(wrong == [Int](repeating: 401, count: free) + [Int](repeating: 429, count: 12 - free))
        }
    }

    @Test func everybodyMakesAccessTokensOfTheirOwn() async throws {
        try await withEmbeddedBackend { backend in
            for role in ["guest", "member"] {
                let person = try await Self.signUp(backend, role + "@example.com", role: role)
                let made = try await Self.user(backend, person.token).post("/tokens/", ["description": "mine"])
                let token = try #require(made["token"].stringValue)
                let me = try await TestClient(backend, token: token).get("/users/me/")
                #expect(me.id == person.id && me["role"] == .string(role))
                let others = try await TestClient(backend, token: token).post("/tokens/", ["user": 1])
                #expect(others.status == 403, "\(others.text)")
                #expect(try await TestClient(backend, token: token).send(.DELETE, "/tokens/\(made.id)/").status == 204)
                #expect(try await TestClient(backend, token: token).get("/users/me/").status == 401)
            }
        }
    }

    @Test func logoutEndsTheTokenAtOnce() async throws {
        try await withEmbeddedBackend { backend in
            let ann = try await Self.signUp(backend, "ann@example.com")
            let client = Self.user(backend, ann.token)
            #expect(try await client.get("/users/me").status == 200)
            #expect(try await client.send(.POST, "/users/logout/").status == 204)
            #expect(try await client.get("/users/me").status == 401)
            // An access token is not a session.
            #expect(try await TestClient(backend).send(.POST, "/users/logout/").status == 204)
            #expect(try await TestClient(backend).get("/users/me").status == 200)
        }
    }

    @Test func createTokenShowsItOnceAndRevokeTokenEndsItAtOnce() async throws {
        try await withEmbeddedBackend { backend in
            let owner = TestClient(backend)
            let made = try await owner.with("Idempotency-Key", "k").post("/tokens/", ["description": "ci"])
            let token = try #require(made["token"].stringValue)
            #expect(made.status == 201 && token.hasPrefix("syn_") && token.count == 52)
            #expect(made["last_used"] == .null && made["description"] == "ci")
            let repeated = try await owner.with("Idempotency-Key", "k").post("/tokens/", ["description": "ci"])
            #expect(repeated["token"] == .string(token) && repeated.id == made.id)
            #expect(repeated.headers.first(name: "Idempotent-Replayed") == "true")
            let changed = try await owner.with("Idempotency-Key", "k").post("/tokens/", ["description": "cd"])
            #expect(changed.status == 409 && !changed.text.contains("syn_"))
            let other = try await owner.post("/tokens/", ["description": "ci"])
            #expect(other["token"] != .string(token))
            let client = TestClient(backend, token: token)
            #expect(try await client.get("/projects/").status == 200)
            // listTokens
            let list = try await owner.get("/tokens/")
            #expect(list["count"] == 3 && !list.text.contains("syn_"))
            let row = try #require(list.results.first { $0["id"]?.integerValue == made.id })
            #expect(row["last_used"]?.stringValue != nil && row["description"] == "ci")
            let keyed = owner.with("Idempotency-Key", "k2")
            #expect(try await keyed.send(.DELETE, "/tokens/\(made.id)/").status == 204)
            let again = try await keyed.send(.DELETE, "/tokens/\(made.id)/")
            #expect(again.status == 204 && again.headers.first(name: "Idempotent-Replayed") == "true")
            #expect(try await client.get("/projects/").status == 401)
            #expect(try await owner.get("/tokens/")["count"] == 2)
            #expect(try await owner.send(.DELETE, "/tokens/\(made.id)/").status == 404)
            #expect(
                try await owner.with("Idempotency-Key", "k").post("/tokens/", ["description": "ci"]).status == 409)
            let stored = try await backend.server.services.database.read { db in
                try String.fetchAll(db, sql: "SELECT body FROM idempotency_answer").joined()
            }
            #expect(!stored.contains("syn_"))
        }
    }

    @Test func onlyAdministratorsMakeUsersAndTokensAndNobodyAboveThemselves() async throws {
        try await withEmbeddedBackend { backend in
            let owner = TestClient(backend)
            let admin = Self.user(backend, try await Self.signUp(backend, "admin@example.com", role: "admin").token)
            let (memberID, token) = try await Self.signUp(backend, "member@example.com", as: admin)
            let member = Self.user(backend, token)
            let ownerID = try await owner.get("/users/me").id
            let members = try await owner.get("/members/").results
            let ownerMember = members.first { $0["user"]?.integerValue == ownerID }?["id"]?.integerValue ?? -1
            let own = members.first { $0["user"]?.integerValue == memberID }?["id"]?.integerValue ?? -1
            let ownerToken = try await owner.get("/tokens/").results[0]["id"]?.integerValue ?? -1
            let refused: [(TestClient, HTTPMethod, String, JSONValue)] = [
                (member, .POST, "/users/", ["email": "x@example.com", "password": "long enough"]),
                (member, .POST, "/tokens/", ["user": .integer(ownerID)]),
                (member, .POST, "/members/", ["email": "admin@example.com"]),
                (member, .PATCH, "/members/\(own)/", ["role": "owner"]),
                (member, .DELETE, "/members/\(ownerMember)/", [:]),
                (member, .DELETE, "/tokens/\(ownerToken)/", [:]),
                (member, .PATCH, "/users/\(ownerID)/", ["password": "taken over"]),
                (admin, .POST, "/users/", ["email": "x@example.com", "password": "long enough", "role": "owner"]),
                (admin, .POST, "/tokens/", ["user": .integer(ownerID)]),
                (admin, .PATCH, "/members/\(own)/", ["role": "owner"]),
                (admin, .PATCH, "/members/\(ownerMember)/", ["role": "guest"]),
                (admin, .DELETE, "/members/\(ownerMember)/", [:]),
                (admin, .DELETE, "/tokens/\(ownerToken)/", [:]),
                (admin, .PATCH, "/users/\(memberID)/", ["password": "taken over"]),
            ]
            for (client, method, path, body) in refused {
                let reply = try await client.json(method, path, body)
                #expect(reply.status == 403, "\(method) \(path): \(reply.text)")
            }
            #expect(try await admin.post("/tokens/", ["user": .integer(memberID)]).status == 201)
            #expect(try await member.get("/tokens/")["count"] == 1)
            #expect(try await admin.json(.PATCH, "/members/\(own)/", ["role": "guest"])["role"] == "guest")
            #expect(try await member.get("/users/me")["role"] == "guest")
            // The last owner stays.
            #expect(try await owner.json(.PATCH, "/members/\(ownerMember)/", ["role": "admin"]).status == 400)
            #expect(try await owner.send(.DELETE, "/members/\(ownerMember)/").status == 400)
        }
    }

    @Test func createUserTellsWhatIsWrong() async throws {
        try await withEmbeddedBackend { backend in
            let owner = TestClient(backend)
            try await Self.signUp(backend, "ann@example.com")
            let wrong: [(JSONValue, String)] = [
                ([:], "email"), (["email": "ann"], "email"), (["email": "a b@example.com"], "email"),
                (["email": "ANN@example.com"], "email"), (["email": "a@b@c"], "email"),
                (["email": "b@example.com", "password": "short"], "password"),
                (["email": "b@example.com", "password": 12_345_678], "password"),
                (["email": "b@example.com", "role": "king"], "role"),
                (["email": "b@example.com", "name": .string(String(repeating: "x", count: 201))], "name"),
            ]
            for (body, field) in wrong {
                let reply = try await owner.post("/users/", body)
                #expect(reply.status == 400 && reply.json.objectValue?[field] != nil, "\(body): \(reply.text)")
            }
            // listUsers
            let list = try await owner.get("/users/?search=ann@")
            #expect(list["count"] == 1 && list.results[0]["name"] == "ann")
            let id = list.results[0]["id"]?.integerValue ?? -1
            #expect(try await owner.get("/users/?ids=\(id)")["count"] == 1)
            #expect(try await owner.get("/users/\(id)/")["email"] == "ann@example.com")
            #expect(try await owner.get("/users/?role=owner")["count"] == 1)
            #expect(try await owner.get("/users/?email=ann@example.com").status == 400)
        }
    }

    @Test func setPasswordNeedsTheOldOneAndEndsOtherSessions() async throws {
        try await withEmbeddedBackend { backend in
            let ann = try await Self.signUp(backend, "ann@example.com")
            let login: JSONValue = ["email": "ann@example.com", "password": .string(Self.password)]
            let other = try await TestClient(backend).post("/users/login/", login)["token"].stringValue ?? ""
            let client = Self.user(backend, ann.token)
            let new: JSONValue = ["password": "another password"]
            #expect(try await client.json(.PATCH, "/users/me/", new).status == 400)
            let wrong: JSONValue = ["password": "another password", "current_password": "no"]
            #expect(try await client.json(.PATCH, "/users/me/", wrong).status == 400)
            let right: JSONValue = ["password": "another password", "current_password": .string(Self.password)]
            #expect(try await client.json(.PATCH, "/users/me/", right).status == 200)
            #expect(try await client.get("/users/me").status == 200)
            #expect(try await Self.user(backend, other).get("/users/me").status == 401)
            #expect(try await TestClient(backend).post("/users/login/", login).status == 401)
            // The administrator of the backend sets a forgotten one.
            let reset: JSONValue = ["password": .string(Self.password)]
            #expect(try await TestClient(backend).json(.PATCH, "/users/\(ann.id)/", reset).status == 200)
            #expect(try await TestClient(backend).post("/users/login/", login).status == 200)
        }
    }

    @Test func anAdministratorWhoRevokedTheFirstTokenGetsAnotherAtTheNextStart() async throws {
        try await withTemporaryDirectory { directory in
            let old = try await withEmbeddedBackend(in: directory) { backend in
                let id = try await TestClient(backend).get("/tokens/").results[0]["id"]?.integerValue ?? -1
                #expect(try await TestClient(backend).send(.DELETE, "/tokens/\(id)/").status == 204)
                return backend.adminToken
            }
            try await withEmbeddedBackend(in: directory) { backend in
                let fresh = try await TestClient(backend).get("/users/me")
                let revoked = try await TestClient(backend, token: old).get("/users/me")
                #expect(backend.adminToken != old && fresh.status == 200 && revoked.status == 401)
            }
        }
    }
}
