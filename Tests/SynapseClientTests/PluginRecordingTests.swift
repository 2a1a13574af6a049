import SynapseClient
import SynapseModels
import SynapseTestSupport
import Testing

/// Agents, plugins, releases and storages: the same requests as the platform's own client sends.
///
/// Wanted differences, everywhere: an `Idempotency-Key` on writes; `User-Agent`; compact JSON.
@Suite(.timeLimit(.minutes(1)))
struct PluginRecordingTests {
    static let file = "recordings-plugins.json"
    static let archive = Array("PK\u{3}\u{4}".utf8) + Array(repeating: UInt8(ascii: "z"), count: 30)

    typealias Call = RecordingTests.Call

    static let calls: [Call] = [
        Call(id: 33) { try await $0.createPluginRelease(.init(plugin: "my-plugin", version: "1.0.0")).id == 456 },
        Call(id: 35) { client in
            let release = try await client.getPluginReleaseByLookup("my-plugin@1.0.0")
            return release.id == 456 && release.plugin?.object?.code == "my-plugin"
        },
        Call(id: 37) { client in
            try await client.listPluginReleases("my-plugin", ListQuery(pageSize: 5)).results.map(\.id) == [1]
        },
        Call(id: 40) { try await $0.updatePlugin(123, .init(description: "x")).id == 123 },
        Call(id: 41) { client in
            try await client.healthCheckAgent("agent-token-123")?.value == ["status": "ok"]
        },
        Call(id: 42) { client in
            let agents = try await client.listAgents().results
            return agents.map { $0.token?.revealed } == ["0123456789abcdef0123456789abcdef01234567", "t2"]
                && agents.map(\.status) == [.connected, .disconnected] && agents[1].url == nil
        },
        Call(id: 53) { client in
            let storage = try await client.getStorage(1, withConfiguration: true)
            return storage.provider == .fileSystem && storage.isDefault == true
                && storage.configuration?.revealed.value == ["location": "/mnt/data"]
        },
        // Wanted difference: an answer without a configuration is read.
        Call(id: 54) { try await $0.getStorage(1, withConfiguration: true).configuration == nil },
        Call(id: 55) { try await $0.getDefaultStorage()?.id == 1 },
        Call(id: 56) { client in
            let session = try await client.openStorageSession(1, purpose: .write)
            return session.provider == .fileSystem && session.expiresAt?.rawValue == "2099-01-01T00:00:00Z"
        },
        Call(id: 57) { client in
            let session = try await client.openStorageSession(1)
            return session.configuration.revealed.value == ["location": "/mnt/data"] && session.expiresAt == nil
        },
    ]

    @Test(arguments: calls)
    func `The same requests are sent`(call: Call) async throws {
        let recording = try Recording.load(call.id, from: Self.file)
        let transport = recording.transport()
        let isRight = try await call.perform(makeClient(credentials: RecordingTests.access, transport: transport))
        #expect(isRight)
        recording.check(transport.requests)
    }

    @Test
    func `createPluginRelease sends the same form of a file`() async throws {
        // Wanted difference: the configuration is compact.
        let spaced = #"{\"name\": \"X\", \"actions\": {\"t\": {\"method\": \"job\"}}}"#
        let recording = try Recording.load(31, from: Self.file)
            .replacing(spaced, with: String(spaced.filter { $0 != " " }))
            .replacing("\"size\":50", with: "\"size\":45").replacing("\"795\"", with: "\"790\"")
        let transport = recording.transport()
        let file = try TemporaryFile(Self.archive, name: "plugin.zip")
        let release = try await makeClient(credentials: RecordingTests.access, transport: transport)
            .createPluginRelease(
                .init(
                    plugin: "my-plugin", version: "1.0.0", config: ["name": "X", "actions": ["t": ["method": "job"]]],
                    requirements: ["numpy", "torch>=2"], debug: true),
                file: .path(file.path))
        #expect(release.version == "1.0.0")
        recording.check(transport.requests)
    }

    @Test
    func `createPluginRelease sends the same form of bytes`() async throws {
        let recording = try Recording.load(32, from: Self.file)
        let transport = recording.transport()
        _ = try await makeClient(credentials: RecordingTests.access, transport: transport).createPluginRelease(
            .init(plugin: "my-plugin", version: "1.0.0"), file: .bytes(Self.archive))
        recording.check(transport.requests)
    }

    @Test
    func `getPluginReleaseByLookup encodes what a path cannot hold`() async throws {
        // Wanted difference: an answer without an identifier is an error.
        let recording = try Recording.load(36, from: Self.file)
        let transport = recording.transport()
        let client = try makeClient(credentials: RecordingTests.access, transport: transport)
        let error = try #require(await failure { _ = try await client.getPluginReleaseByLookup("a/b c@1", expand: []) })
        #expect(error.code == .unexpectedShape)
        recording.check(transport.requests)
        for lookup in ["", ".", ".."] {
            let error = try #require(await failure { _ = try await client.getPluginReleaseByLookup(lookup) })
            #expect(error.code == .invalidArgument)
            let other = try #require(await failure { _ = try await client.getPlugin(.code(lookup)) })
            #expect(other.code == .invalidArgument)
        }
        #expect(transport.requests.count == 1)
    }

    @Test
    func `createPluginRelease compares the digest and sees a file that changes`() async throws {
        let transport = ScriptedTransport { _ in
            .json(#"{"id":1,"checksum":"00000000000000000000000000000000","size":34}"#, status: 201)
        }
        let client = try makeClient(transport: transport)
        let release = PluginReleaseCreate(plugin: 1, version: "1")
        let file = try TemporaryFile(Self.archive)
        for archive in [PluginArchive.path(file.path), .bytes(Self.archive)] {
            let error = try #require(await failure { _ = try await client.createPluginRelease(release, file: archive) })
            #expect(error.code == .checksumMismatch)
        }
        let missing = try #require(
            await failure { _ = try await client.createPluginRelease(release, file: "/no/such") })
        #expect(missing.code == .fileUnreadable)
    }

    @Test
    func `openStorageSession tells refusals from servers without sessions`() async throws {
        let table: [(String, Int, ClientError.Code, Int)] = [
            (#"{"code":"expired","detail":"x"}"#, 400, .validationFailed, 1),
            (#"{"detail":"x"}"#, 403, .notAllowed, 1), (#"{"detail":"x"}"#, 405, .methodNotKnown, 2),
            (
                #"{"provider":"s3","configuration":{"secret_key":"hush"},"contract_version":2}"#, 200, .unexpectedShape,
                1
            ),
        ]
        for (body, status, code, count) in table {
            let transport = ScriptedTransport { _ in .json(body, status: status) }
            let client = try makeClient(transport: transport)
            let error = try #require(await failure { _ = try await client.openStorageSession(1) })
            if code != .methodNotKnown { #expect(error.code == code, "\(error)") }
            #expect(transport.requests.count == count)
            #expect(error.response?.contains("hush") != true)
        }
    }
}

extension ClientError.Code {
    /// Any code will do.
    fileprivate static let methodNotKnown = Self(rawValue: "any")
}
