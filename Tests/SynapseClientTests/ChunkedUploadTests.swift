import SynapseClient
import SynapseTestSupport
import Testing

/// Chunked uploads over a socket, through a proxy that does harm: each ends with the right bytes on the other side.
@Suite(.timeLimit(.minutes(1)))
struct ChunkedUploadTests {
    /// Keeps what arrived, as the platform does: in order, from the offset that it expects.
    final class Store: Sendable {
        struct State {
            var bytes: [UInt8] = []
            var isComplete = false
            var uploads = 0
        }

        let state = Shared(State())
        let checksum: String

        init(checksum: String) { self.checksum = checksum }

        func answer(_ request: ScriptedServer.Request) -> ScriptedServer.Reply {
            switch request.method {
            case "PUT": put(request)
            case "POST": finish(request)
            default: .json(object)
            }
        }

        private func put(_ request: ScriptedServer.Request) -> ScriptedServer.Reply {
            let range = (request[header: "Content-Range"] ?? "").dropFirst(6).split(separator: "/")[0].split(
                separator: "-")
            let start = Int(range[0]) ?? -1
            let parts = MultipartReader.parts(request.body, contentType: request[header: "Content-Type"] ?? "")
            guard parts.count == 2 else { return .json(#"{"detail":"No chunk file was submitted"}"#, status: 400) }
            let content = parts[1].content
            if request.path == "/chunked_upload/" {
                state.change { state in
                    state.uploads += 1
                    state.bytes = content
                }
                return .json(object)
            }
            let expected = state.value.bytes.count
            guard start == expected else {
                return .json(#"{"detail":"Offsets do not match","expected_offset":\#(expected)}"#, status: 400)
            }
            state.change { $0.bytes += content }
            return .json(object)
        }

        private func finish(_ request: ScriptedServer.Request) -> ScriptedServer.Reply {
            let theirs = (try? JSONValue(parsing: request.body))?["md5"]?.stringValue
            guard theirs == checksum, Self.md5(state.value.bytes) == checksum else {
                return .json(#"{"detail":"md5 checksum does not match"}"#, status: 400)
            }
            state.change { $0.isComplete = true }
            return .json(object)
        }

        private static func md5(_ bytes: [UInt8]) -> String {
            FileSource.md5(of: bytes)
        }

        private var object: String {
            let state = state.value
            return
                #"{"id":"u","url":"/chunked_upload/u/","offset":\#(state.bytes.count),"status":\#(state.isComplete ? 2 : 1)}"#
        }
    }

    static let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    @Test(
        arguments: [
            [], [.refuse], [.resetAfterSent(byteCount: 15_000)], [.resetAfterSent(byteCount: 45_000), .dropAnswer],
            [.dropAnswerNumber(2)], [.dropAnswerNumber(5), .dropAnswer], [.dropAnswerNumber(6)],
            [.truncateAnswer(byteCount: 20)], [.unavailable, .unavailable], [.stallAfterSent(byteCount: 50_000)],
            [.resetAfterSent(byteCount: 10), .refuse, .dropAnswerNumber(3), .truncateAnswer(byteCount: 5)],
        ] as [[FaultProxy.Fault]])
    func `Every fault ends in equal digests`(faults: [FaultProxy.Fault]) async throws {
        let file = try TemporaryFile(Self.content)
        let store = Store(checksum: try FileSource(path: file.path).md5())
        try await ScriptedServer.withServer(respond: { store.answer($0) }) { server in
            try await FaultProxy.withProxy(to: server.port, faults: faults) { proxy in
                var configuration = ClientConfiguration(
                    baseURL: proxy.url, timeouts: .init(read: .seconds(1), stall: .milliseconds(300)),
                    retry: .init(attempts: 6, firstStep: .milliseconds(1))
                )
                configuration.checkpoints = .memory
                let uploaded = try await withBackendClient(configuration, logger: .silent) { client in
                    try await client.createChunkedUpload(file.path, chunkByteCount: 20_000)
                }
                #expect(uploaded.checksum == store.checksum)
                #expect(proxy.faultsTaken == faults.count)
            }
        }
        #expect(store.state.value.bytes == Self.content)
        #expect(store.state.value.isComplete)
    }

    @Test(arguments: [1, 2])
    func `Damage is found by the digest, and ends in one clean second try or an error`(damages: Int) async throws {
        let file = try TemporaryFile(Self.content)
        let store = Store(checksum: try FileSource(path: file.path).md5())
        let ends = Shared(0)
        let notices = Shared<[UploadNotice.Code]>([])
        let transport = ScriptedTransport { sent in
            let request = ScriptedServer.Request(
                index: sent.index, method: sent.method, target: sent.target,
                headers: sent.headers.map { ($0.key, $0.value) }, body: sent.body)
            if sent.method == "POST" { ends.change { $0 += 1 } }
            if sent.method == "DELETE" { return .json("", status: 204) }
            if sent.method == "POST", ends.value <= damages { store.state.change { $0.bytes[30_000] ^= 1 } }
            guard case .respond(let status, _, let body) = store.answer(request) else {
                return .json("{}", status: 500)
            }
            return .json(String(decoding: body, as: UTF8.self), status: status)
        }
        let client = try makeClient(transport: transport)
        let error = await failure {
            let uploaded = try await client.createChunkedUpload(file.path, chunkByteCount: 20_000) { _ in
            } onNotice: { notice in
                notices.change { $0.append(notice.code) }
            }
            #expect(uploaded.checksum == store.checksum)
        }
        #expect(error?.code == (damages == 1 ? nil : .checksumMismatch))
        #expect(error == nil || error?.description.contains(file.path) == true)
        #expect(notices.value == [.damaged])
        #expect(store.state.value.uploads == 2)
        #expect(transport.requests.count { $0.method == "PUT" } == 10)
        #expect(transport.requests.count { $0.method == "DELETE" } == 1)
        #expect(try client.uploadCheckpoints().isEmpty)
    }

    @Test(arguments: [404, 410, 500])
    func `A page in place of the data file keeps the upload, and is waited out`(status: Int) async throws {
        let file = try TemporaryFile(Array(repeating: 7, count: 100))
        let pages = Shared(0)
        let transport = ScriptedTransport { sent in
            if sent.path.hasSuffix("/data_files/") {
                pages.change { $0 += 1 }
                return .json("<html>x</html>", status: status, headers: ["Content-Type": "text/html"])
            }
            let offset = min((sent.index + 1) * 40, 100)
            return .json(
                #"{"id":"u","url":"/chunked_upload/u/","offset":\#(offset),"status":\#(sent.method == "POST" ? 2 : 1)}"#
            )
        }
        let client = try makeClient(transport: transport)
        let error = await failure { _ = try await client.createDataFile(file.path, chunkByteCount: 40) }
        #expect(error?.context.status == status)
        #expect(pages.value == 4)
        #expect(try client.uploadCheckpoints().count == 1)
    }

    @Test(arguments: [1, 2])
    func `A file that was damaged in its one request is sent a second time`(damages: Int) async throws {
        let file = try TemporaryFile([1, 2, 3])
        let checksum = try FileSource(path: file.path).md5()
        let transport = ScriptedTransport { sent in
            let stored = sent.index < damages ? String(repeating: "0", count: 32) : checksum
            return .json(#"{"id":1,"checksum":"\#(stored)","size":3}"#)
        }
        let error = await failure { _ = try await makeClient(transport: transport).createDataFile(file.path) }
        #expect(error?.code == (damages == 1 ? nil : .checksumMismatch))
        #expect(error == nil || error?.message.contains("model.bin") == true)
        #expect(transport.requests.count == 2)
        // A key would bring the first answer again.
        #expect(Set(transport.requests.compactMap { $0.headers["idempotency-key"] }).count == 2)
    }

    @Test
    func `A file that changes while it is sent is an error`() async throws {
        let file = try TemporaryFile(Array(repeating: 7, count: 100))
        let transport = ScriptedTransport { sent in
            if sent.index == 0 { try file.append([1]) }
            return .json(#"{"id":"u","url":"/chunked_upload/u/","offset":\#((sent.index + 1) * 40)}"#)
        }
        let client = try makeClient(transport: transport)
        let error = try #require(
            await failure { _ = try await client.createChunkedUpload(file.path, chunkByteCount: 40) })
        #expect(error.code == .fileChanged)
        #expect(transport.requests.count == 1)
    }

    @Test
    func `Progress rises to the size of the file`() async throws {
        let file = try TemporaryFile(Array(repeating: 7, count: 100))
        let seen = Shared<[UploadProgress]>([])
        let transport = ScriptedTransport { sent in
            .json(
                #"{"id":"u","url":"/chunked_upload/u/","offset":\#(min((sent.index + 1) * 40, 100)),"status":\#(sent.method == "POST" ? 2 : 1)}"#
            )
        }
        let client = try makeClient(transport: transport)
        _ = try await client.createChunkedUpload(file.path, chunkByteCount: 40) { step in
            seen.change { $0.append(step) }
        }
        let acknowledged = seen.value.map(\.acknowledgedByteCount)
        #expect(acknowledged == acknowledged.sorted())
        #expect(
            seen.value.last
                == .init(
                    path: file.path, sentByteCount: 100, acknowledgedByteCount: 100, totalByteCount: 100,
                    transferredByteCount: 100))
    }

    @Test(arguments: [("/no/such/file", "no such file"), ("/tmp", "folder"), ("/dev/null", "regular file")])
    func `What is no readable file is an error that names it`(path: String, says: String) async throws {
        let client = try makeClient(transport: ScriptedTransport { _ in .json("{}") })
        let error = try #require(await failure { _ = try await client.createChunkedUpload(path) })
        #expect(error.code == .fileUnreadable)
        #expect(error.message.contains(says))
        #expect(error.context.file == path)
    }

    #if os(Linux)
    @Test
    func `A file that holds more than its size says is sent on no path`() async throws {
        let path = "/proc/self/status"
        let transport = ScriptedTransport { _ in .json("{}", status: 500) }
        let client = try makeClient(transport: transport)
        let errors = [
            await failure { _ = try await client.createDataFile(path) },
            await failure { _ = try await client.createChunkedUpload(path) },
            try await client.uploadFilesBulk([path]).files[0].error,
        ]
        for error in errors {
            #expect(error?.code == .fileUnreadable)
            #expect(error?.message.contains("its size is not what it holds") == true)
            #expect(error?.context.file == path)
        }
        #expect(transport.requests.isEmpty)
    }
    #endif
}
