import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

/// Users who have to do with more than one tenant.
@Suite(.timeLimit(.minutes(2)))
struct AccountsAcrossTenantsTests {
    @Test func aUserTokenWorksInEveryTenantOfTheUser() async throws {
        try await withEmbeddedBackend { backend in
            try await backend.server.createTenant(code: "second", name: "Second")
            try await backend.server.createTenant(code: "third", name: "Third")
            let second = TestClient(backend, token: try await backend.server.createAccessToken(tenant: "second"))
            let ann = try await AccountRoutesTests.signUp(backend, "ann@example.com", role: "owner")
            let client = AccountRoutesTests.user(backend, ann.token)
            #expect(try await client.get("/users/me")["tenant"] == "default")
            #expect(try await client.with("Synapse-Tenant", "Token second").get("/users/me").status == 403)
            // addMember
            let added = try await second.post("/members/", ["email": "ann@example.com", "role": "guest"])
            #expect(added.status == 201 && added["user"] == .integer(ann.id), "\(added.text)")
            let again = try await second.post("/members/", ["email": "ann@example.com", "role": "guest"])
            #expect(again.status == 201 && again.id == added.id)
            let there = try await client.with("Synapse-Tenant", "Token second").get("/users/me")
            #expect(there["tenant"] == "second" && there["role"] == "guest")
            #expect(try await client.with("Synapse-Tenant", "second").get("/projects/").status == 200)
            #expect(try await client.with("Synapse-Tenant", "Token third").get("/users/me").status == 403)
            // listTenants
            let tenants = try await client.get("/tenants/")
            #expect(tenants.results.map { $0["code"] } == ["default", "second"] && tenants["count"] == 2)
            // removeMember: ends at once, also for the access tokens of the member.
            let token = try await second.post("/tokens/", ["user": .integer(ann.id)])["token"].stringValue ?? ""
            #expect(try await TestClient(backend, token: token).get("/users/me").status == 200)
            #expect(try await second.send(.DELETE, "/members/\(added.id)/").status == 204)
            #expect(try await TestClient(backend, token: token).get("/users/me").status == 401)
            #expect(try await client.with("Synapse-Tenant", "Token second").get("/users/me").status == 403)
            #expect(try await second.get("/members/")["count"] == 1)
        }
    }

    /// Whoever holds a tenant's token, or administers it, gets nowhere in another tenant.
    @Test func aTenantsOwnerTakesNobodyOverInAnotherTenant() async throws {
        try await withEmbeddedBackend { backend in
            try await backend.server.createTenant(code: "second", name: "Second")
            let first = TestClient(backend)
            let second = TestClient(backend, token: try await backend.server.createAccessToken(tenant: "second"))
            // The owner of the new tenant is nobody in the first, and may set its own password.
            let me = try await second.get("/users/me/")
            #expect(me["is_synapse_admin"] == false && me["role"] == "owner" && me.id != 1)
            #expect(try await second.get("/tenants/")["count"] == 1)
            #expect(
                try await second.json(.PATCH, "/users/1/", ["password": .string(AccountRoutesTests.password)]).status
                    == 404)
            #expect(
                try await second.json(.PATCH, "/users/me/", ["password": .string(AccountRoutesTests.password)]).status
                    == 200)
            // Guests of the second tenant, the administrator of the backend among them, stay who they are: a token that
            // the second tenant made for them changes neither them nor anybody else.
            _ = try await first.post("/users/", ["email": "ann@example.com"])
            let administrator: JSONValue = ["email": "admin@localhost.localdomain", "role": "owner"]
            #expect(try await second.post("/members/", administrator).status == 403)
            let added = try await second.post("/members/", ["email": "ann@example.com", "role": "owner"])
            let made = try await second.post("/tokens/", ["user": added["user"]])
            let token = TestClient(backend, token: made["token"].stringValue ?? "")
            let change: JSONValue = ["password": "a password of mine", "name": "Mallory"]
            #expect(try await token.json(.PATCH, "/users/me/", change).status == 403)
            #expect(try await token.json(.PATCH, "/users/\(me.id)/", change).status == 403)
            // Nor does the owner of the first tenant reach the second through the administrator of the backend.
            let olga = try await AccountRoutesTests.signUp(backend, "olga@example.com", role: "owner")
            let owner = AccountRoutesTests.user(backend, olga.token)
            #expect(try await owner.post("/tokens/", ["user": 1]).status == 403)
            #expect(try await owner.send(.DELETE, "/members/1/").status == 409)
            #expect(try await owner.json(.PATCH, "/members/1/", ["role": "guest"]).status == 409)
            // The administrator's own token still does both.
            #expect(
                try await first.json(.PATCH, "/users/me/", ["password": .string(AccountRoutesTests.password)]).status
                    == 200)
            #expect(try await first.json(.PATCH, "/users/2/", ["name": "x"]).status == 404)
        }
    }

    /// A token that somebody else made does not become its user's own by making another with it, or by whom it outlives.
    @Test func onlyTokensOfOnesOwnStandForAUserInAllTenants() async throws {
        try await withEmbeddedBackend { backend in
            try await backend.server.createTenant(code: "second", name: "Second")
            let first = TestClient(backend)
            let second = TestClient(backend, token: try await backend.server.createAccessToken(tenant: "second"))
            let ann = try await first.post(
                "/users/", ["email": "ann@example.com", "password": .string(AccountRoutesTests.password)])
            let name: JSONValue = ["name": "Ann"]
            func token(_ maker: TestClient, _ user: Int64?) async throws -> TestClient {
                let made = try await maker.post("/tokens/", user.map { ["user": .integer($0)] } ?? [:])
                return TestClient(backend, token: made["token"].stringValue ?? "")
            }
            // A member of one tenant is whoever its administrator says.
            let given = try await token(first, ann.id)
            #expect(try await given.json(.PATCH, "/users/me/", name).status == 200)
            #expect(try await second.post("/members/", ["email": "ann@example.com"]).status == 201)
            let fromGiven = try await token(given, nil)
            let fromSecond = try await token(second, ann.id)
            for client in [given, fromGiven, fromSecond] {
                #expect(try await client.json(.PATCH, "/users/me/", name).status == 403)
            }
            let login: JSONValue = ["email": "ann@example.com", "password": .string(AccountRoutesTests.password)]
            let session = try await first.withoutToken().post("/users/login/", login)["token"].stringValue ?? ""
            let own = try await token(AccountRoutesTests.user(backend, session), nil)
            // A token that is kept for her under a key is not shown to whoever holds one that was given.
            let key = ("Idempotency-Key", "ci")
            let hers = try await AccountRoutesTests.user(backend, session).with(key.0, key.1).post("/tokens/", [:])
            let theirs = try await given.with(key.0, key.1).post("/tokens/", [:])
            #expect(hers.status == 201 && theirs["token"] != hers["token"], "\(theirs.text)")
            for client in [own, try await token(own, nil), AccountRoutesTests.user(backend, session)] {
                #expect(try await client.json(.PATCH, "/users/me/", name).status == 200)
            }
        }
    }

    /// By counting through numbers an administrator of one tenant would learn who is in the others.
    @Test func aNumberAddsNobodyFromOutsideTheTenant() async throws {
        try await withEmbeddedBackend { backend in
            try await backend.server.createTenant(code: "second", name: "Second")
            let second = TestClient(backend, token: try await backend.server.createAccessToken(tenant: "second"))
            let ann = try await TestClient(backend).post("/users/", ["email": "ann@example.com"])
            let there = try await second.post("/members/", ["user": .integer(ann.id)])
            let nobody = try await second.post("/members/", ["user": 999_999])
            #expect(there.status == 400 && nobody.status == 400 && !there.text.contains("ann@"), "\(there.text)")
            #expect(there.text == nobody.text.replacing("999999", with: "\(ann.id)"))
            #expect(try await second.get("/members/")["count"] == 1)
            #expect(try await second.post("/members/", ["email": "ann@example.com"]).status == 201)
        }
    }
}
