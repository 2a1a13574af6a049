import Logging
import SynapseClient
import SynapseModels
import SynapseTestSupport
import Synchronization
import Testing

/// Secrets of storages and agents: at hand for who asks, and nowhere else.
@Suite(.timeLimit(.minutes(2)))
struct SecretsTests {
    /// A configuration of each provider; every text that begins with `hush` is a secret.
    static let samples: [(StorageProvider, JSONValue)] = [
        (.amazonS3, ["bucket_name": "b", "access_key": "hush-access-1", "secret_key": "hush-secret-1"]),
        (
            .azure,
            [
                "container": "c", "account_name": "a", "account_key": "hush-key-2",
                "sas_token": "?se=2999-01-01&sig=hush-2",
            ]
        ),
        (
            .digitalOcean,
            ["bucket_name": "b", "access_key": "hush-access-3", "secret_key": "hush-\"3\"", "region_name": "ams3"]
        ),
        (.fileSystem, ["location": "/mnt/data", "note": "hush-note-4"]),
        (.ftp, ["host": "ftp.example", "username": "u", "password": "hush-5", "root_path": "/in"]),
        (
            .sftp,
            ["host": "h", "username": "u", "private_key": "-----BEGIN KEY-----\nhush-line-6\n-----END KEY-----\n"]
        ),
        (
            .minio,
            ["bucket_name": "b", "access_key": "hush-7", "secret_key": "hush-7b", "endpoint_url": "http://minio:9000"]
        ),
        (.gcp, ["bucket_name": "b", "credentials": ["type": "service_account", "private_key": "hush-8\nhush-8b"]]),
        (.synology, ["url": "https://nas.example", "username": "u", "password": "hush-9", "otp_code": "hush-9b"]),
        (
            .smb,
            ["host": "10.0.0.2", "share": "s", "auth_mode": "service_account", "username": "u", "password": "hush-10"]
        ),
    ]

    @Test
    func `createStorage, listStorages and getStorage of each provider show no secret unless asked`() async throws {
        #expect(
            Self.samples.map(\.0).sorted { $0.rawValue < $1.rawValue }
                == StorageProvider.known.sorted { $0.rawValue < $1.rawValue })
        let log = LogText()
        let logger = Logger(label: "test") { _ in LogTextHandler(text: log) }
        try await withEmbeddedBackend(logger: logger) { backend in
            let configuration = ClientConfiguration(
                baseURL: backend.url, credentials: .init(accessToken: Secret(backend.adminToken)))
            try await withBackendClient(configuration, logger: logger) { client in
                var shown = ""
                for (provider, settings) in Self.samples {
                    let made = try await client.createStorage(
                        StorageCreate(name: provider.rawValue, provider: provider, configuration: settings))
                    let plain = try await client.getStorage(made.id)
                    let listed = try await client.listStorages(.init(provider: provider)).results.filter {
                        $0.id == made.id
                    }
                    #expect(listed.count == 1 && plain.provider == provider)
                    // What the server sent, without any hiding by this client.
                    for storage in [made, plain] + listed { shown += RawJSON(trusted: storage.jsonBytes()).description }
                    let whole = try await client.getStorage(made.id, withConfiguration: true)
                    #expect(whole.configuration?.revealed.value == settings, "\(provider)")
                    let session = try await client.openStorageSession(made.id, purpose: .write)
                    #expect(session.configuration.revealed.value == settings, "\(provider)")
                    let changed = try await client.updateStorage(
                        made.id, StorageUpdate(name: "\(provider) 2", configuration: settings))
                    #expect(changed.name == "\(provider) 2")
                    shown += "\(whole) \(session) \(changed) \(String(reflecting: whole))"
                    dump(whole, to: &shown)
                    dump(session, to: &shown)
                    // An error of the same configuration, one required member taken away.
                    var broken = settings.objectValue ?? [:]
                    let required = ["bucket_name", "container", "location", "host", "url"].first { broken[$0] != nil }
                    broken[required ?? ""] = nil
                    let error = try #require(
                        await failure {
                            _ = try await client.createStorage(
                                StorageCreate(name: "x", provider: provider, configuration: .object(broken)))
                        })
                    #expect(error.code == .validationFailed && error.message.contains(required ?? "?"), "\(error)")
                    shown += "\(error) \(String(reflecting: error)) \(error.response ?? "")"
                    dump(error, to: &shown)
                }
                #expect(!shown.contains("hush"), "\(shown)")
                var all: [Storage] = []
                for try await storage in client.listAllStorages(.init(list: ListQuery(pageSize: 3))) {
                    all.append(storage)
                }
                #expect(all.count == 11)
                #expect(try await client.getDefaultStorage()?.name == "default")
            }
        }
        #expect(log.value.contains("createStorage") && log.value.contains("storages/{id}"))
        #expect(!log.value.contains("hush"))
    }

    @Test
    func `A server that repeats what it refuses brings no secret into an error`() async throws {
        for (provider, settings) in Self.samples {
            let transport = ScriptedTransport { sent in
                let body = (try? JSONValue(parsing: sent.body)) ?? .null
                let text = "bad: \(body["configuration"] ?? .null) in \(String(decoding: sent.body, as: UTF8.self))"
                return .json(
                    JSONValue.object(["configuration": [.string(text)], "detail": .string(text)]).description,
                    status: 400)
            }
            let client = try makeClient(transport: transport)
            for attempt in 0..<2 {
                let error = try #require(
                    await failure {
                        if attempt == 0 {
                            _ = try await client.createStorage(
                                .init(name: "x", provider: provider, configuration: settings))
                        } else {
                            _ = try await client.updateStorage(1, .init(provider: provider, configuration: settings))
                        }
                    })
                var shown = "\(error) \(error.response ?? "")"
                dump(error, to: &shown)
                #expect(!shown.contains("hush"), "\(provider): \(shown)")
            }
        }
    }

    @Test
    func `healthCheckAgent shows its token in no error and no log`() async throws {
        let log = LogText()
        let logger = Logger(label: "test") { _ in LogTextHandler(text: log) }
        let token = "0123456789abcdef0123456789abcdef01234567"
        let transport = ScriptedTransport { _ in .json("{\"detail\":\"no agent \(token)\"}", status: 404) }
        let client = try BackendClient(
            configuration: ClientConfiguration(baseURL: "http://backend", credentials: .init(accessToken: "tok")),
            transport: transport, logger: logger)
        let error = try #require(await failure { _ = try await client.healthCheckAgent(Secret(token)) })
        #expect(error.code == .notFound && error.context.path == "/agents/<redacted>/connect/")
        #expect(transport.requests.map(\.path) == ["/agents/\(token)/connect/"])
        var shown = "\(error) \(error.response ?? "")"
        dump(error, to: &shown)
        #expect(!shown.contains(token))
        #expect(log.value.contains("healthCheckAgent") && !log.value.contains(token), "\(log.value)")
        let empty = try #require(await failure { _ = try await client.healthCheckAgent("") })
        #expect(empty.code == .invalidArgument)
    }

    @Test
    func `createAgent, getAgent and listAgents over a real backend`() async throws {
        try await withEmbeddedBackend { backend in
            let configuration = ClientConfiguration(
                baseURL: backend.url, credentials: .init(accessToken: Secret(backend.adminToken)))
            try await withBackendClient(configuration) { client in
                // The backend runs jobs, so it is an agent itself.
                #expect(try await client.listAgents().results.map(\.name) == ["local"])
                let made = try await client.createAgent(AgentCreate(name: "gpu", url: "http://10.0.0.1"))
                let token = try #require(made.token)
                #expect(made.status == .disconnected && !"\(made)".contains(token.revealed))
                try await client.healthCheckAgent(Secret(token.revealed))
                let read = try await client.getAgent(made.id)
                #expect(read.status == .connected && read.lastSeen != nil && read.token == token)
                #expect(try await client.listAgents().results.map(\.id).contains(made.id))
            }
        }
    }
}

/// What was logged.
private final class LogText: Sendable {
    private let state = Mutex("")

    var value: String { state.withLock { $0 } }

    func add(_ line: String) { state.withLock { $0 += line + "\n" } }
}

private struct LogTextHandler: LogHandler {
    let text: LogText
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(text: LogText) { self.text = text }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { text.add("\(event.level) \(event.message) \(event.metadata ?? [:])") }
}
