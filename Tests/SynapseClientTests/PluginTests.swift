import SynapseClient
import SynapseModels
import SynapseTestSupport
import Testing

/// Plugins and releases against a real backend.
@Suite(.timeLimit(.minutes(2)))
struct PluginTests {
    @Test
    func `createPlugin, getPlugin, listPlugins and updatePlugin`() async throws {
        try await withEmbeddedBackend { backend in
            try await withBackendClient(configuration(backend)) { client in
                let made = try await client.createPlugin(
                    PluginCreate(code: "yolov8", name: "YOLO", category: .neuralNet, detail: ["icon": "box"]))
                #expect(made.isActive == true && made.detail?.value == ["icon": "box"])
                #expect(try await client.getPlugin("yolov8").id == made.id)
                #expect(try await client.getPlugin(.id(made.id)).category == .neuralNet)
                let changed = try await client.updatePlugin("yolov8", .init(isActive: false, detail: .clear))
                #expect(changed.isActive == false && changed.detail == nil && changed.name == "YOLO")
                #expect(try await client.listPlugins(.init(category: .neuralNet, isActive: false)).count == 1)
                #expect(try await client.listPlugins(.init(isActive: true)).count == 0)
                var codes: [String?] = []
                for try await plugin in client.listAllPlugins() { codes.append(plugin.code) }
                #expect(codes == ["yolov8"])
                let error = try #require(
                    await failure { _ = try await client.createPlugin(PluginCreate(code: "yolov8", name: "again")) })
                #expect(error.code == .validationFailed && error.context.fieldErrors.map(\.path) == ["code"])
            }
        }
    }

    /// A ZIP archive without entries.
    private static let emptyArchive: [UInt8] = [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18)

    @Test
    func `createPluginRelease, getPluginRelease, getPluginReleaseByLookup and listPluginReleases`() async throws {
        try await withEmbeddedBackend { backend in
            try await withBackendClient(configuration(backend)) { client in
                let plugin = try await client.createPlugin(PluginCreate(code: "p", name: "P"))
                let file = try TemporaryFile(Self.emptyArchive, name: "플러그인 \"1\".zip")
                let first = try await client.createPluginRelease(
                    .init(
                        plugin: "p", version: "1.0.0", config: ["code": "p", "actions": ["b": [:], "a": [:]]],
                        requirements: ["numpy"]),
                    file: .path(file.path))
                #expect(first.availableActions == ["b", "a"] && first.requirements == ["numpy"])
                let second = try await client.createPluginRelease(
                    .init(plugin: .id(plugin.id), version: "2/0"), file: .bytes(Self.emptyArchive))
                let third = try await client.createPluginRelease(.init(plugin: "p", version: "3", debug: true))
                #expect(third.file == nil && third.isReleased == false && second.size == 22)
                let read = try await client.getPluginRelease(first.id, expand: ["plugin"])
                #expect(read.plugin?.object?.code == "p" && read.config?.value["code"] == "p")
                let found = try await client.getPluginReleaseByLookup("p@2/0")
                #expect(found.id == second.id && found.plugin?.object?.id == plugin.id)
                let page = try await client.listPluginReleases("p")
                #expect(page.results.map(\.id) == [third.id, second.id, first.id])
                var all: [PluginRelease.ID] = []
                for try await release in client.listAllPluginReleases("p", ListQuery(pageSize: 2)) {
                    all.append(release.id)
                }
                #expect(all == [third.id, second.id, first.id])
            }
        }
    }

    private func configuration(_ backend: EmbeddedBackend) -> ClientConfiguration {
        ClientConfiguration(baseURL: backend.url, credentials: .init(accessToken: Secret(backend.adminToken)))
    }
}
