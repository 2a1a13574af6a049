import SynapseClient
import SynapseModels
import SynapseTestSupport
import Testing

/// The same requests as the platform's own client sends, against its recorded answers.
///
/// Wanted differences, everywhere: an `Idempotency-Key` on writes; `User-Agent`; compact JSON. Wanted differences of
/// single calls are named at each test.
@Suite(.timeLimit(.minutes(1)))
struct RecordingTests {
    static let all = ClientConfiguration.Credentials(accessToken: "tok", tenant: "acme", agentToken: "agt")
    static let access = ClientConfiguration.Credentials(accessToken: "tok")

    struct Call: Sendable, CustomTestStringConvertible {
        var id: Int
        /// Answers whether the result is what was recorded.
        var perform: @Sendable (BackendClient) async throws -> Bool
        var testDescription: String { "recording \(id)" }
    }

    static let calls: [Call] = [
        Call(id: 14) { client in
            let query = TaskQuery(
                project: 9, isDiscarded: true, list: ListQuery(ids: [1, 2], expand: ["data_unit"])
            )
            return try await client.listTasks(query).count == 0
        },
        Call(id: 20) { client in
            try await client.setTagsTasks([456, 457], tags: [1, 2], action: .add)
            return true
        },
        Call(id: 23) { client in
            let created = try await client.createTasks(project: 123, dataUnits: [789])
            return created.tasks.map(\.id) == [1] && created.count == 1
        },
        Call(id: 25) { client in
            try await client.annotateTaskData(456, data: [:], action: .submit, schema: .any).id == 456
        },
        Call(id: 27) { client in
            try await client.getTask(456, fields: ["id", "data", "data_unit"], expand: ["data_unit"]).id == 456
        },
        Call(id: 28) { try await $0.getDataCollection(3).fileSpecifications?.isEmpty == true },
        Call(id: 29) { try await $0.listDataCollections().results.isEmpty },
        Call(id: 29) { try await $0.listDataCollection().results.isEmpty },
        Call(id: 30) { try await $0.verifyDataFilesChecksums(["aa", "bb"]) == ["aa"] },
        Call(id: 111) { try await $0.listDataUnits(.init(dataCollection: 3)).rows.count == 1 },
        // Pages are fetched ahead here, with the same requests in the same order.
        Call(id: 12) { client in
            let tasks = client.listAllTasks(
                .init(project: 9, list: ListQuery(pageSize: 2)), options: PageOptions(pagesAhead: 1))
            let count = try await tasks.count
            return try await ids(tasks) == [1, 2, 3, 4, 5] && count == 5
        },
        Call(id: 13) { try await ids($0.listAllTasks(.init(project: 9))) == [1, 2, 3, 4, 5] },
        Call(id: 15) { client in
            let options = PageOptions(pagesAhead: 1, onLoss: { _ in })
            let tasks = client.listAllTasks(.init(project: 9, list: ListQuery(pageSize: 2)), options: options)
            return try await ids(tasks) == [1, 2, 5]
        },
        Call(id: 16) { client in
            let list = ListQuery(
                pageSize: 1, parameters: [QueryItem("pagination", "cursor"), QueryItem("ordering", "-id")])
            let tasks = client.listAllTasks(.init(list: list))
            return try await ids(tasks) == [2, 1]
        },
    ]

    static func ids(_ tasks: PageSequence<AnnotationTask>) async throws -> [AnnotationTask.ID] {
        var ids: [AnnotationTask.ID] = []
        for try await task in tasks { ids.append(task.id) }
        return ids
    }

    @Test(arguments: calls)
    func `The same requests are sent`(call: Call) async throws {
        let recording = try Recording.load(call.id)
        let transport = recording.transport()
        let isRight = try await call.perform(makeClient(credentials: Self.access, transport: transport))
        #expect(isRight)
        recording.check(transport.requests)
    }

    @Test(arguments: [1, 5, 7])
    func `A chunked upload sends the same requests`(id: Int) async throws {
        let recording = try Recording.load(id)
        let transport = recording.transport()
        let file = try TemporaryFile(Array(0..<25))
        let client = try makeClient(credentials: Self.all, transport: transport)
        let uploaded = try await client.createChunkedUpload(file.path, chunkByteCount: [1: 10, 7: 20][id] ?? 25)
        #expect(uploaded.checksum == "d983c63bf41853056787fe1bb764dbff")
        recording.check(transport.requests)
    }

    @Test
    func `A data file of a chunked upload sends the same requests`() async throws {
        // Wanted difference: the recording server names another digest than the file's; the client compares them.
        var recording = try Recording.load(3)
        let checksum = recording.responses[2]["json"]?["checksum"]?.stringValue ?? ""
        recording = try recording.replacing(
            "\"checksum\":\"\(checksum)\"", with: "\"checksum\":\"d983c63bf41853056787fe1bb764dbff\"")
        let transport = recording.transport()
        let file = try TemporaryFile(Array(0..<25))
        let client = try makeClient(credentials: Self.all, transport: transport)
        let stored = try await client.createDataFile(file.path, useChunkedUpload: true)
        #expect(stored.checksum == "d983c63bf41853056787fe1bb764dbff")
        recording.check(transport.requests)
    }

    @Test
    func `A lost answer to a chunk is no end`() async throws {
        // Wanted difference to recording 6: after the lost answer the client asks for the offset and goes on from there,
        // where the other sends the chunk again and gives up at the answer.
        let recording = try Recording.load(6)
        let transport = ScriptedTransport { sent in
            switch sent.index {
            case 0: return .json(recording.responses[0]["json"]?.description ?? "")
            case 1: throw TransportError(.connectionLost, mayHaveArrived: true)
            case 2: return .json(#"{"id":"u2","url":"http://backend/chunked_upload/u2/","offset":20}"#)
            case 3: return .json(#"{"id":"u2","url":"http://backend/chunked_upload/u2/","offset":25}"#)
            default: return .json(#"{"id":"u2","url":"http://backend/chunked_upload/u2/","offset":25,"status":2}"#)
            }
        }
        let file = try TemporaryFile(Array(0..<25))
        let client = try makeClient(credentials: Self.all, transport: transport)
        let uploaded = try await client.createChunkedUpload(file.path, chunkByteCount: 10)
        #expect(uploaded.checksum == "d983c63bf41853056787fe1bb764dbff")
        #expect(
            transport.requests.map { "\($0.method) \($0.headers["content-range"] ?? $0.path)" } == [
                "PUT bytes 0-9/25", "PUT bytes 10-19/25", "GET /chunked_upload/u2/", "PUT bytes 20-24/25",
                "POST /chunked_upload/u2/",
            ])
    }

    @Test
    func `An empty file is asked for in the same way`() async throws {
        let recording = try Recording.load(4)
        let transport = recording.transport()
        let file = try TemporaryFile([])
        let client = try makeClient(credentials: Self.all, transport: transport)
        let error = try #require(await failure { _ = try await client.createChunkedUpload(file.path) })
        #expect(error.code == .emptyFileRejected)
        recording.check(transport.requests)
    }

    @Test
    func `A small data file sends the same request`() async throws {
        // Wanted difference: the recording server names another digest and size than the file's.
        let recording = try Recording.load(2).replacing("\"d41d8\"", with: "\"\(Self.a.checksum)\"").replacing(
            "\"size\":25", with: "\"size\":24")
        let transport = recording.transport()
        let file = try TemporaryFile(Self.a.bytes, name: "a.jpg")
        let client = try makeClient(credentials: Self.all, transport: transport)
        _ = try await client.createDataFile(file.path)
        recording.check(transport.requests)
    }

    static let a = (
        bytes: [0xFF, 0xD8, 0xFF, 0xE0] + Array(repeating: UInt8(ascii: "a"), count: 20),
        checksum: "b913063e91a8ca9fa26272930bac8b76"
    )
    static let b = [0xFF, 0xD8, 0xFF, 0xE0] + Array(repeating: UInt8(ascii: "b"), count: 20)

    @Test(arguments: [8, 9, 10])
    func `A collection sends the same requests`(id: Int) async throws {
        // Wanted differences: one question beforehand which files exist; tasks are made from a bare list, too, where the
        // other fails after the units were made (recording 9); digests are those of the files.
        let files = (try TemporaryFile(Self.a.bytes, name: "a.jpg"), try TemporaryFile(Self.b, name: "b.jpg"))
        var recording = try Recording.load(id)
        let digests = (0...1).map { recording.responses[$0]["json"]?["checksum"]?.stringValue ?? "" }
        recording = try recording.replacing(digests[0], with: Self.a.checksum)
        recording = try recording.replacing(digests[1], with: "16ab50fa45c3d00ca23f05cf36d6fa08")
        recording = try recording.replacing("/data/a.jpg", with: files.0.path)
        recording = try recording.replacing("/data/b.jpg", with: files.1.path)
        let transport = recording.transport { sent in
            if sent.path == "/data_files/verify_checksums/" { return .json(#"{"existing_checksums":[]}"#) }
            if id == 9, sent.path == "/tasks/" { return .json(#"{"created":2}"#, status: 201) }
            return nil
        }
        let client = try makeClient(credentials: Self.access, transport: transport)
        let result = try await client.uploadDataCollection(
            3,
            items: [
                OrganizedFile(files: ["image_1": files.0.path], meta: ["label": "cat"]),
                OrganizedFile(files: ["image_1": files.1.path], meta: ["label": "dog"], groups: ["lot-1", "roll-2"]),
            ],
            projectID: id == 10 ? nil : 9, maximumConcurrency: 1
        )
        #expect(result.items.compactMap(\.error).isEmpty)
        #expect(result.dataUnits == [100, 101])
        var sent = transport.requests.filter { $0.path != "/data_files/verify_checksums/" }
        if id == 9 { #expect(sent.removeLast().path == "/tasks/") }
        recording.check(sent)
    }

    @Test
    func `Data units are listed with the same request, and files that are addresses alone are read`() async throws {
        // Wanted difference to recording 110: files are fetched when that is asked for, not always.
        var recording = try Recording.load(110)
        recording.requests.removeLast(2)
        let transport = recording.transport()
        let client = try makeClient(credentials: Self.access, transport: transport)
        for try await unit in client.listAllDataUnits(.init(dataCollection: 3)) {
            #expect(unit.files?["image_1"]?.url == "http://storage/m/a.jpg?sig=1")
            #expect(unit.files?["meta_1"]?.url == "http://storage/m/meta.json?sig=2")
        }
        recording.check(transport.requests)
    }

    @Test
    func `A next link to another host is an error that names it`() async throws {
        // Wanted difference to recording 17, where the credentials go along.
        let recording = try Recording.load(17)
        let transport = recording.transport()
        let client = try makeClient(
            credentials: .init(accessToken: "tok", authorizationToken: "usr", tenant: "acme"), transport: transport)
        let error = try #require(await failure { _ = try await Self.ids(client.listAllTasks()) })
        #expect(error.code == .foreignHost)
        #expect(error.message.contains("http://storage"))
        #expect(error.context.page == 1)
        #expect(transport.requests.count == 1)
    }

    @Test
    func `A relative next link is joined to the base`() async throws {
        let recording = try Recording.load(18)
        let transport = recording.transport()
        let client = try makeClient(
            credentials: .init(accessToken: "tok", authorizationToken: "usr", tenant: "acme"), transport: transport)
        #expect(try await Self.ids(client.listAllTasks()) == [1, 2])
        recording.check(transport.requests)
    }

    @Test
    func `The item url_host comes once`() async throws {
        // Wanted difference to recording 19: a link that has the item does not get it a second time.
        let recording = try Recording.load(19).replacing(
            #",["url_host","internal"],["url_host","internal"]"#, with: #",["url_host","internal"]"#)
        let transport = recording.transport()
        let client = try makeClient(
            baseURL: "http://backend/api/", credentials: Self.access, urlHost: "internal", transport: transport)
        #expect(try await Self.ids(client.listAllTasks()) == [1, 2])
        recording.check(transport.requests)
    }
}
