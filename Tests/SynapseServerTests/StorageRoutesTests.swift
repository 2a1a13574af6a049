import GRDB
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct StorageRoutesTests {
    /// A configuration of each provider and its secrets.
    static let samples: [(provider: String, configuration: JSONValue, secrets: [String])] = [
        ("amazon_s3", ["bucket_name": "b", "access_key": "AKIA-1", "secret_key": "hush-1"], ["AKIA-1", "hush-1"]),
        (
            "azure",
            [
                "container": "c", "account_name": "acc", "account_key": "hush-2",
                "endpoint_url": "https://x/?sig=hush-2b",
            ],
            ["hush-2", "hush-2b"]
        ),
        (
            "digital_ocean",
            ["bucket_name": "b", "access_key": "DO-3", "secret_key": "hush-3", "region_name": "ams3"],
            ["DO-3", "hush-3"]
        ),
        ("file_system", ["location": "/mnt/data", "note": "hush-4"], ["hush-4"]),
        ("ftp", ["host": "ftp.example", "username": "u", "password": "hush-5", "port": 21], ["hush-5"]),
        (
            "sftp",
            ["host": "h", "username": "u", "private_key": "-----BEGIN\nhush-6\n", "private_key_passphrase": "hush-6b"],
            ["hush-6", "hush-6b", "BEGIN"]
        ),
        (
            "minio",
            ["bucket_name": "b", "access_key": "M-7", "secret_key": "hush-7", "endpoint_url": "http://minio:9000"],
            ["M-7", "hush-7"]
        ),
        ("gcp", ["bucket_name": "b", "credentials": ["private_key": "hush-8"], "project": "p"], ["hush-8"]),
        (
            "synology",
            ["url": "https://nas.example", "username": "u", "password": "hush-9", "otp_code": "hush-9b"],
            ["hush-9", "hush-9b"]
        ),
        (
            "smb",
            ["host": "10.0.0.2", "share": "s", "auth_mode": "service_account", "username": "u", "password": "hush-10"],
            ["hush-10"]
        ),
    ]

    @Test func createStorageOfEveryProviderHidesItsSecrets() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            for sample in Self.samples {
                let made = try await client.post(
                    "/storages/",
                    [
                        "name": .string(sample.provider), "provider": .string(sample.provider),
                        "configuration": sample.configuration, "category": "external",
                    ])
                #expect(made.status == 201, "\(sample.provider): \(made.text)")
                let plain = try await client.get("/storages/\(made.id)/")
                let list = try await client.get("/storages/?provider=\(sample.provider)&is_default=false")
                #expect(list.results == [plain.json] && plain.json == made.json)
                for spelling in ["true", "True", "1"] {
                    let whole = try await client.get("/storages/\(made.id)/?with_configuration=\(spelling)")
                    #expect(whole["configuration"] == sample.configuration, "\(sample.provider)")
                }
                let session = try await client.post("/storages/\(made.id)/session/", ["purpose": "write"])
                #expect(session["configuration"] == sample.configuration, "\(session.text)")
                #expect(session["contract_version"] == 1 && session["expires_at"] == .null)
                let off = try await client.get("/storages/\(made.id)/?with_configuration=False")
                for text in [made.text, plain.text, list.text, off.text] {
                    for secret in sample.secrets { #expect(!text.contains(secret), "\(sample.provider) \(secret)") }
                }
            }
            #expect(try await client.get("/storages/?category=external")["count"] == 10)
            #expect(try await client.get("/storages/1?with_configuration=perhaps").status == 400)
            #expect(try await client.get("/storages/?configuration=x").status == 400)
            // A key replays an answer without secrets, and no answer with them was kept.
            let kept = try await backend.server.services.database.read { db in
                try String.fetchAll(db, sql: "SELECT body FROM idempotency_answer").joined()
            }
            #expect(!kept.contains("hush"))
        }
    }

    @Test func theStorageThatATenantIsBornWith() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let list = try await client.get("/storages/?category=internal")
            #expect(list["count"] == 1)
            let born = try #require(list.results.first)
            #expect(born["is_default"] == true && born["provider"] == "file_system")
            let whole = try await client.get("/storages/\(born["id"]?.integerValue ?? 0)/?with_configuration=true")
            let location = whole["configuration"]["location"]?.stringValue ?? ""
            #expect(location.hasPrefix("/") && FileSystem.exists(location))
            #expect(location.contains("/storages/"))
            try await backend.server.createTenant(code: "other", name: "Other")
            let stranger = TestClient(backend, token: try await backend.server.createAccessToken(tenant: "other"))
            let theirs = try await stranger.get("/storages/")
            #expect(theirs["count"] == 1)
            #expect(theirs.results[0]["configuration"]?["location"]?.stringValue != location)
            let id = born["id"]?.integerValue ?? 0
            for (method, path) in [(HTTPMethod.GET, "/storages/\(id)/"), (.PATCH, "/storages/\(id)/")] {
                #expect(try await stranger.json(method, path, ["name": "x"]).status == 404)
            }
            #expect(try await stranger.post("/storages/\(id)/session/", [:]).status == 404)
        }
    }

    @Test func whatIsWrongIsNamedWithoutItsValue() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let table: [(String, JSONValue, String)] = [
                ("amazon_s3", ["bucket_name": "b", "access_key": "hush"], "secret_key"),
                ("amazon_s3", ["bucket_name": "", "access_key": "hush", "secret_key": "hush"], "bucket_name"),
                ("s3", ["bucket_name": "b", "access_key": ["hush"], "secret_key": "hush"], "access_key"),
                (
                    "minio",
                    [
                        "bucket_name": "b", "access_key": "hush", "secret_key": "hush",
                        "endpoint_url": "http://hush:hush@x",
                    ],
                    "endpoint_url"
                ),
                ("digital_ocean", ["bucket_name": "b", "access_key": "hush", "secret_key": "hush"], "region_name"),
                ("gcp", ["bucket_name": "b"], "credentials"),
                ("gcs", ["bucket_name": "b", "credentials": 3], "credentials"),
                ("azure", ["container": "c", "account_name": "hush"], "connection_string"),
                ("azure", ["account_name": "hush", "account_key": "hush"], "container"),
                ("file_system", [:], "location"), ("local", ["location": ""], "location"),
                ("ftp", ["host": "u:hush@h", "username": "u", "password": "hush"], "host"),
                ("ftp", ["host": "h", "username": "u", "password": "hush", "port": 70_000], "port"),
                ("sftp", ["host": "h", "username": "hush"], "private_key"),
                ("sftp", ["host": "h", "username": "hush", "password": ""], "private_key"),
                ("smb", ["host": "nas", "share": "s"], "host"), ("smb", ["host": "10.0.0.1"], "share"),
                ("smb", ["host": "10.0.0.1", "share": "s", "auth_mode": "hush"], "auth_mode"),
                ("smb", ["host": "10.0.0.1", "share": "s", "encrypt": "hush"], "encrypt"),
                ("synology", ["url": "nas", "username": "u", "password": "hush"], "url"),
                ("http", ["base_url": "https://x", "headers": "hush"], "headers"),
                ("https", ["base_url": "https://x", "timeout": 0], "timeout"),
            ]
            for (provider, configuration, key) in table {
                let reply = try await client.post(
                    "/storages/", ["name": "x", "provider": .string(provider), "configuration": configuration])
                #expect(reply.status == 400, "\(provider) \(configuration): \(reply.text)")
                #expect(reply.json.objectValue?.map(\.key) == ["configuration"], "\(reply.text)")
                #expect(reply.text.contains(key) && !reply.text.contains("hush"), "\(provider): \(reply.text)")
            }
            let fields: [(JSONValue, [String])] = [
                ([:], ["name", "provider", "configuration"]),
                (["name": "default", "provider": "local", "configuration": ["location": "/x"]], ["name"]),
                (["name": "x", "provider": "local", "configuration": "hush"], ["configuration"]),
                (["name": "x", "provider": "local"], ["configuration"]),
                (
                    ["name": "x", "provider": "local", "configuration": ["location": "/x"], "category": "lost"],
                    ["category"]
                ),
                (
                    [
                        "name": "x", "provider": "local", "configuration": ["location": "/x"], "category": "external",
                        "is_default": true,
                    ], ["is_default"]
                ),
            ]
            for (body, names) in fields {
                let reply = try await client.post("/storages/", body)
                #expect(reply.status == 400 && reply.json.objectValue?.map(\.key) == names, "\(reply.text)")
                #expect(!reply.text.contains("hush"))
            }
            #expect(try await client.get("/storages/")["count"] == 1)
        }
    }

    @Test func updateStorageKeepsWhatIsNotSentAndMovesTheDefault() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let made = try await client.post(
                "/storages/",
                [
                    "name": "s3", "provider": "amazon_s3", "is_default": true,
                    "configuration": ["bucket_name": "b", "access_key": "a", "secret_key": "hush", "region_name": "r"],
                ])
            #expect(made["is_default"] == true)
            let defaults = try await client.get("/storages/?is_default=True")
            #expect(defaults.results.map { $0["name"] } == ["s3"])
            let path = "/storages/\(made.id)/"
            let changed = try await client.json(
                .PATCH, path, ["name": "s4", "configuration": ["bucket_name": "c", "region_name": nil]])
            #expect(changed["configuration"] == ["bucket_name": "c"] && !changed.text.contains("hush"))
            let whole = try await client.get(path + "?with_configuration=1")
            #expect(whole["configuration"] == ["bucket_name": "c", "access_key": "a", "secret_key": "hush"])
            let refused: [(JSONValue, String)] = [
                (["configuration": ["secret_key": nil]], "configuration"), (["provider": "gcp"], "configuration"),
                (["is_default": false], "is_default"), (["name": "default"], "name"),
                (["category": "external"], "is_default"),
            ]
            for (body, field) in refused {
                let reply = try await client.json(.PATCH, path, body)
                #expect(reply.status == 400 && reply.json.objectValue?.map(\.key) == [field], "\(reply.text)")
            }
            // Another kind of place starts anew: no key of the old one stays.
            let other = try await client.json(
                .PATCH, path, ["provider": "ftp", "configuration": ["host": "h", "username": "u", "password": "p"]])
            #expect(other.status == 200, "\(other.text)")
            #expect(try await client.get(path + "?with_configuration=1")["configuration"]["secret_key"] == nil)
            #expect(try await client.json(.PATCH, "/storages/1/", ["is_default": true])["is_default"] == true)
            #expect(try await client.get(path)["is_default"] == false)
        }
    }

    @Test func openStorageSessionRefusesWithACode() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let container: (String) -> JSONValue = { end in
                ["container": "c", "account_name": "a", "sas_token": .string("?sv=1&se=\(end)&sig=hush")]
            }
            let table: [(String, JSONValue, JSONValue)] = [
                ("tape", ["barcode": "hush"], "provider_unsupported"),
                ("smb", ["host": "10.0.0.1", "share": "s"], "credential_not_registered"),
                ("azure", container("2001-01-01T00%3A00%3A00Z"), "expired"),
            ]
            for (provider, configuration, code) in table {
                let made = try await client.post(
                    "/storages/",
                    ["name": .string(provider), "provider": .string(provider), "configuration": configuration])
                #expect(made.status == 201, "\(made.text)")
                let reply = try await client.post("/storages/\(made.id)/session/", ["purpose": "read"])
                #expect(reply.status == 400 && reply["code"] == code, "\(reply.text)")
                #expect(!reply.text.contains("hush") && !made.text.contains("hush"))
            }
            let made = try await client.post(
                "/storages/", ["name": "x", "provider": "azure", "configuration": container("2999-01-01T00:00:00Z")])
            let session = try await client.post("/storages/\(made.id)/session/", [:])
            #expect(session["expires_at"] == "2999-01-01T00:00:00.000000Z")
            #expect(
                try await client.post("/storages/\(made.id)/session/", ["purpose": "burn"])["purpose"].arrayValue != nil
            )
            #expect(try await client.post("/storages/99/session/", [:]).status == 404)
        }
    }
}
