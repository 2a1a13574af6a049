import HTTPTypes
import SynapseClient
import SynapseModels
import Testing

/// Single files, a bare list, and what an older release of the other client sends; see ``RecordingTests``.
@Suite(.timeLimit(.minutes(1)))
struct FurtherRecordingTests {
    static let fixture = "recordings-further.json"

    @Test
    func `uploadDataFile sends the same request and gives the same unit`() async throws {
        let file = try TemporaryFile(RecordingTests.a.bytes, name: "a.jpg")
        let recording = try Recording.load(11, from: Self.fixture).replacing(
            "4c54b9e35fd72c8481c13a2c845e3d1c", with: RecordingTests.a.checksum)
        let transport = recording.transport()
        let organized = OrganizedFile(files: ["image_1": file.path], meta: [:], groups: ["lot-1"])
        let unit = try await makeClient(transport: transport).uploadDataFile(organized, collectionID: 3)
        #expect(unit.dataCollection == 3)
        #expect(unit.files["image_1"]?.checksum == RecordingTests.a.checksum)
        #expect(unit.files["image_1"]?.path == file.path)
        #expect(unit.groups == ["lot-1"])
        recording.check(transport.requests)
    }

    @Test
    func `A bare list is a page`() async throws {
        // The other client raises. Its rows have an identifier and a name, as those of collections do.
        let recording = try Recording.load(43, from: Self.fixture)
        let transport = recording.transport()
        let page: Page<DataCollection> = try await makeClient(transport: transport).page(
            ClientRequest("recorded", .get, .path("agents/")))
        #expect(page.results.map(\.id) == [1])
        #expect(page.next == nil)
        recording.check(transport.requests)
    }

    @Test
    func `Chunks are sent as by the release before`() async throws {
        let recording = try Recording.load(186, from: Self.fixture)
        let transport = recording.transport()
        let file = try TemporaryFile(Array(0..<25))
        let uploaded = try await makeClient(transport: transport).createChunkedUpload(file.path, chunkByteCount: 20)
        #expect(uploaded.byteCount == 25)
        recording.check(transport.requests)
    }

    @Test
    func `Pages are asked for as by the release before`() async throws {
        let recording = try Recording.load(187, from: Self.fixture)
        let transport = recording.transport()
        let tasks = try makeClient(transport: transport).listAllTasks(TaskQuery(project: 9))
        #expect(try await RecordingTests.ids(tasks) == [1, 2])
        recording.check(transport.requests)
    }

    @Test
    func `Units are made as by the release before`() async throws {
        let recording = try Recording.load(191, from: Self.fixture)
        let transport = recording.transport()
        let units = try await makeClient(transport: transport).createDataUnits([
            DataUnitCreate(dataCollection: 1, files: [:])
        ])
        #expect(units.map(\.id) == [1])
        recording.check(transport.requests)
    }
}
