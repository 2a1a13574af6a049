import SynapseModels
import Testing

/// Agents, plugins, their releases and storages.
@Suite struct PluginModelsTests {
    @Test(
        "A model reads and writes every field that it knows",
        arguments: [
            Claim("plugin", Plugin.self) { $0.row = nil }, Claim("plugin_release", PluginRelease.self) { $0.row = nil },
            Claim("agent", Agent.self) { $0.row = nil }, Claim("storage", Storage.self) { $0.row = nil },
        ])
    func knowsItsFields(_ claim: Claim) throws {
        let received = try claim.received()
        let known = JSONObject(received.filter { claim.fieldNames.contains($0.key) && !$0.value.isNull })
        #expect(Set(known.keys) == claim.fieldNames, "the fixture must have all of the fields")
        #expect(try claim.written(keepingRow: false) == .object(known))
    }

    @Test(
        "Fields that a model does not know survive a round trip",
        arguments: [
            Claim("plugin", Plugin.self), Claim("plugin_release", PluginRelease.self), Claim("agent", Agent.self),
            Claim("storage", Storage.self),
        ])
    func keepsUnknownFields(_ claim: Claim) throws {
        let received = JSONValue.object(try claim.received())
        #expect(try claim.written(keepingRow: true) == received)
        #expect(try claim.encoded() == received)
    }

    @Test(
        "A body reads and writes what the wire has",
        arguments: [
            Body("plugin_create", PluginCreate.self), Body("plugin_update", PluginUpdate.self),
            Body("plugin_release_create", PluginReleaseCreate.self), Body("agent_create", AgentCreate.self),
            Body("storage_create", StorageCreate.self), Body("storage_update", StorageUpdate.self),
        ])
    func roundTrips(_ body: Body) throws {
        #expect(try body.written() == Fixture.value(body.description))
    }

    @Test("Nothing but the identifier is required")
    func readsTheLeast() throws {
        #expect(try Plugin(json: #"{"id": 1}"#).code == nil)
        #expect(try PluginRelease(json: #"{"id": 1, "author": 7}"#).author?.id == 7)
        #expect(try Agent(json: #"{"id": 1, "token": null}"#).token == nil)
        #expect(try Storage(json: #"{"id": 1}"#).configuration == nil)
        #expect(try StorageSession(json: #"{"provider": "s3", "configuration": {}}"#).contractVersion == 1)
    }

    @Test(
        "A plugin is named by number or by code",
        arguments: [
            ("7", .id(7)), (#""7""#, .id(7)), (#""yolov8""#, .code("yolov8")), (#""7b""#, .code("7b")),
            (#""-7""#, .code("-7")), (#""+7""#, .code("+7")), (#""""#, .code("")),
            (#""99999999999999999999""#, .code("99999999999999999999")),
        ] as [(String, PluginReference)])
    func readsReferences(_ json: String, _ expected: PluginReference) throws {
        #expect(try PluginReference(json: json) == expected)
        #expect(throws: JSONError.self) { try PluginReference(json: "[]") }
    }

    @Test(
        "A missing token is cut out of the install script",
        arguments: [
            ("curl https://x/agents/0123456789abcdef0123456789abcdef01234567/node_install_script/ | bash", true),
            ("curl https://x/agents/0123456789abcdef0123456789abcdef0123456/node_install_script/", false),
            ("curl https://x/nodes/0123456789abcdef0123456789abcdef01234567/node_install_script/", false),
            ("curl https://x/agents/0123456789ABCDEF0123456789abcdef01234567/node_install_script/", false),
            ("/node_install_script", false), ("", false),
        ])
    func cutsTokens(_ script: String, _ isThere: Bool) throws {
        for token in ["null", "\"\""] {
            let agent = try Agent(json: "{\"id\": 1, \"token\": \(token), \"node_install_script\": \(script.json)}")
            #expect(agent.token?.revealed == (isThere ? "0123456789abcdef0123456789abcdef01234567" : nil))
        }
        #expect(
            try Agent(json: "{\"id\": 1, \"token\": \"t\", \"node_install_script\": \(script.json)}").token?.revealed
                == "t")
    }

    @Test("What is printed, dumped or reflected of a secret is no secret")
    func hidesSecrets() throws {
        let agent: Agent = try Fixture.model("agent")
        let storage: Storage = try Fixture.model("storage")
        let create: StorageCreate = try Fixture.model("storage_create")
        let session = StorageSession(provider: .amazonS3, configuration: try raw(#"{"secret_key": "hush-4"}"#))
        let configuration = try #require(storage.configuration)
        let page = try Page<Storage>(parsing: Array("[\(storage.json)]".utf8))
        var shown = ""
        for value in [agent, storage, create, session, page, [storage], configuration] as [Any] {
            shown += "\(value) \(String(reflecting: value)) "
            dump(value, to: &shown)
        }
        for secret in ["hush", "AKIA", "0123456789abcdef", "104, 117, 115, 104", "48, 49, 50, 51"] {
            #expect(!shown.contains(secret), "\(secret)")
        }
        #expect(shown.contains("main") && shown.contains("gpu-1"))
        // It is at hand for who asks for it.
        #expect(storage.configuration?.revealed.value["secret_key"] == "hush-2")
        #expect(storage.json.contains("hush-2"))
    }

    @Test("Every provider that the platform documents is known, with what its configuration holds")
    func knowsProviders() {
        #expect(
            StorageProvider.known.map(\.rawValue) == [
                "amazon_s3", "azure", "digital_ocean", "file_system", "ftp", "sftp", "minio", "gcp", "synology", "smb",
            ])
        for provider in StorageProvider.known + ["local", "s3", "gcs", "gs", "http", "https"] {
            #expect(provider.keys?.keys.isEmpty == false, "\(provider)")
        }
        #expect(StorageProvider(rawValue: "tape").keys == nil)
        #expect(StorageCategory.known.map(\.rawValue) == ["internal", "external"])
    }
}
