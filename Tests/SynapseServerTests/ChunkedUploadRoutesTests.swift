import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct ChunkedUploadRoutesTests {
    private static let content = (0..<25).map { UInt8($0) }

    /// Sends the first ten bytes and answers the path for the rest.
    private static func begin(_ client: TestClient) async throws -> (path: String, reply: TestClient.Reply) {
        let reply = try await client.chunk("/chunked_upload/", Array(content[..<10]), range: "bytes 0-9/25")
        return (reply["url"].stringValue ?? "", reply)
    }

    @Test func chunksBecomeAFile() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let (path, first) = try await Self.begin(client)
            #expect(first.status == 200)
            #expect(first["offset"] == 10)
            #expect(first["status"] == 1)
            #expect(first["completed_at"] == .null)
            #expect(path.hasPrefix(backend.url + "/chunked_upload/"))
            let second = try await client.chunk(path, Array(Self.content[10...]), range: "bytes 10-24/25")
            #expect(second["offset"] == 25)
            let done = try await client.post(path, ["md5": .string(TestClient.md5(Self.content))])
            #expect(done.status == 200)
            #expect(done["status"] == 2)
            #expect(done["checksum"] == .string(TestClient.md5(Self.content)))
            #expect(done["size"] == 25)
            let file = try await client.withoutToken().get(done["file"].stringValue ?? "")
            #expect(file.bytes == Self.content)
            let data = try await client.post("/data_files/", ["chunked_upload": done["id"]])
            #expect(data.status == 201)
            #expect(data["checksum"] == done["checksum"])
            let again = try await client.post("/data_files/", ["chunked_upload": done["id"]])
            #expect(again.id == data.id)
        }
    }

    @Test func openUploadsAreListedForTheirUser() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            var ids: [String] = []
            for _ in 0..<3 { ids.append(try await Self.begin(client).reply["id"].stringValue ?? "") }
            let (path, _) = try await Self.begin(client)
            _ = try await client.chunk(path, Array(Self.content[10...]), range: "bytes 10-24/25")
            _ = try await client.post(path, ["md5": .string(TestClient.md5(Self.content))])
            let all = try await client.get("/chunked_upload/")
            #expect(all["count"] == 3)
            #expect(all.results.map { $0["id"]?.stringValue } == ids)
            #expect(all.results.first?["offset"] == 10 && all.results.first?["size"] == 25)
            let first = try await client.get("/chunked_upload/?page_size=2")
            #expect(first.results.map { $0["id"]?.stringValue } == Array(ids[..<2]))
            let next = try await client.get(first["next"].stringValue ?? "")
            #expect(next.results.map { $0["id"]?.stringValue } == [ids[2]])
            #expect(next["next"] == .null && next["previous"].stringValue?.contains("page=1") == true)
            #expect(try await client.get("/chunked_upload/?page=3&page_size=2").status == 404)
            #expect(try await client.get("/chunked_upload/?page_size=0").status == 400)
            #expect(try await client.get("/chunked_upload/?limit=2").status == 400)
            try await backend.server.createTenant(code: "other", name: "Other")
            let stranger = TestClient(backend, token: try await backend.server.createAccessToken(tenant: "other"))
            #expect(try await stranger.get("/chunked_upload/")["count"] == 0)
        }
    }

    @Test func everyWrongChunkIsToldApart() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let (path, _) = try await Self.begin(client)
            let five: [UInt8] = [1, 2, 3, 4, 5]
            let table: [(range: String, bytes: [UInt8], text: String)] = [
                ("bytes 20-24/25", five, "Offsets do not match"),
                ("bytes 10-14/9", five, "End of chunk exceeds reported total"),
                ("bytes 10-11/25", five, "File size doesn't match headers"),
                ("bytes 10-19/25", five, "File size doesn't match headers"),
                ("bytes 14-10/25", five, "Error in request headers"),
                ("bytes 10-14", five, "Error in request headers"),
                ("10-14/25", five, "Error in request headers"),
                ("bytes 10-14/26", five, "Total of chunk differs"),
                ("bytes 10-14/9000000000000000000", five, "Size of file exceeds the limit"),
            ]
            for (range, bytes, text) in table {
                let reply = try await client.chunk(path, bytes, range: range)
                #expect(reply.status == 400, "\(range)")
                #expect(reply["detail"].stringValue?.hasPrefix(text) == true, "\(range): \(reply.text)")
                #expect(try await client.get(path)["offset"] == 10, "\(range)")
            }
            let wrong = try await client.chunk(path, five, range: "bytes 20-24/25")
            #expect(wrong["expected_offset"] == 10)
            #expect(wrong["provided_offset"] == 20)
            let none = try await client.with("Content-Range", "bytes 10-14/25").send(
                .PUT, path, body: .bytes(ByteBuffer(bytes: TestClient.multipart([("filename", "x")], file: nil))),
                type: "multipart/form-data; boundary=b0undary")
            #expect(none["detail"] == "No chunk file was submitted")
            let late = try await client.chunk("/chunked_upload/", five, range: "bytes 5-9/25")
            #expect(late["expected_offset"] == 0)
            // After all that the right chunk still fits.
            #expect(try await client.chunk(path, Array(Self.content[10...]), range: "bytes 10-24/25").status == 200)
            #expect(try await client.post(path, ["md5": .string(TestClient.md5(Self.content))]).status == 200)
        }
    }

    @Test func repeatedRequestsAreAnsweredAgain() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let (path, _) = try await Self.begin(client)
            let repeated = try await client.chunk(path, Array(Self.content[..<10]), range: "bytes 0-9/25")
            #expect(repeated.status == 200)
            #expect(repeated["offset"] == 10)
            let other = try await client.chunk(path, [UInt8](repeating: 90, count: 10), range: "bytes 0-9/25")
            #expect(other.status == 400)
            #expect(other["expected_offset"] == 10)
            _ = try await client.chunk(path, Array(Self.content[10...]), range: "bytes 10-24/25")
            let md5: JSONValue = ["md5": .string(TestClient.md5(Self.content).uppercased())]
            let first = try await client.post(path, md5)
            let second = try await client.post(path, md5)
            #expect(first.status == 200 && second.status == 200)
            #expect(second["completed_at"] == first["completed_at"])
            let wrong = try await client.post(path, ["md5": .string(TestClient.md5([1]))])
            #expect(wrong["detail"] == #"Upload has already been marked as "complete""#)
            let more = try await client.chunk(path, [1], range: "bytes 25-25/26")
            #expect(more["detail"] == #"Upload has already been marked as "complete""#)
        }
    }

    @Test func finalizingChecksTheDigest() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let (path, _) = try await Self.begin(client)
            let early = try await client.post(path, ["md5": .string(TestClient.md5(Self.content))])
            #expect(early.status == 400)
            #expect(early["expected_offset"] == 10)
            _ = try await client.chunk(path, Array(Self.content[10...]), range: "bytes 10-24/25")
            #expect(try await client.post(path, [:])["detail"] == "Checksum of type 'md5' is required")
            let wrong = try await client.post(path, ["md5": .string(TestClient.md5([9]))])
            #expect(wrong.status == 400)
            #expect(wrong["detail"] == "md5 checksum does not match")
            #expect(try await client.post(path, ["md5": .string(TestClient.md5(Self.content))]).status == 200)
        }
    }

    @Test func aFileWithoutBytesCanBeUploadedInEachWay() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let empty = TestClient.md5([])
            let direct = try await client.post("/chunked_upload/", ["md5": .string(empty)])
            #expect(direct.status == 200)
            #expect(direct["size"] == 0)
            #expect(direct["status"] == 2)
            let begun = try await client.with("Content-Range", "bytes */0").send(.PUT, "/chunked_upload/")
            #expect(begun.status == 200)
            let done = try await client.post(begun["url"].stringValue ?? "", ["md5": .string(empty)])
            #expect(done["status"] == 2)
            let whole = try await client.send(
                .POST, "/chunked_upload/",
                body: .bytes(ByteBuffer(bytes: TestClient.multipart([("md5", TestClient.md5([7]))], file: [7]))),
                type: "multipart/form-data; boundary=b0undary")
            #expect(whole["size"] == 1)
            let file = try await client.withoutToken().get(direct["file"].stringValue ?? "")
            #expect(file.status == 200 && file.bytes.isEmpty)
        }
    }

    @Test func aChunkThatIsCutOffLeavesTheOldOffset() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let piece = [UInt8](repeating: 7, count: 3 << 20)
            let total = piece.count * 2
            let first = try await client.chunk("/chunked_upload/", piece, range: "bytes 0-\(piece.count - 1)/\(total)")
            let path = first["url"].stringValue ?? ""
            let body = TestClient.multipart([("filename", "x")], file: piece)
            let range = "bytes \(piece.count)-\(total - 1)/\(total)"
            await #expect(throws: (any Error).self) {
                _ = try await client.with("Content-Range", range).send(
                    .PUT, path,
                    body: .stream(CutSequence(bytes: body, until: 2 << 20), length: .known(Int64(body.count))),
                    type: "multipart/form-data; boundary=b0undary")
            }
            #expect(try await client.get(path)["offset"] == .integer(Int64(piece.count)))
            let again = try await client.chunk(path, piece, range: range)
            #expect(again["offset"] == .integer(Int64(total)))
            let done = try await client.post(path, ["md5": .string(TestClient.md5(piece + piece))])
            #expect(done.status == 200)
        }
    }

    @Test func aRestartInTheMiddleKeepsTheOffsetAndTheDigest() async throws {
        try await withTemporaryDirectory { directory in
            let id = try await withEmbeddedBackend(in: directory) { backend in
                try await Self.begin(TestClient(backend)).reply["id"].stringValue ?? ""
            }
            try await withEmbeddedBackend(in: directory) { backend in
                let client = TestClient(backend)
                let path = "/chunked_upload/\(id)"
                #expect(try await client.get(path)["offset"] == 10)
                _ = try await client.chunk(path, Array(Self.content[10...]), range: "bytes 10-24/25")
                #expect(try await client.post(path, ["md5": .string(TestClient.md5(Self.content))]).status == 200)
            }
        }
    }

    @Test func uploadsExpireAndCanBeRemoved() async throws {
        try await withEmbeddedBackend(configure: { $0.uploadLifetime = .zero }) { backend in
            let client = TestClient(backend)
            let reply = try await client.chunk("/chunked_upload/", [1], range: "bytes 0-0/2")
            #expect(reply.status == 410)
            #expect(reply["detail"] == "Upload has expired")
        }
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let (path, _) = try await Self.begin(client)
            #expect(try await client.send(.DELETE, path).status == 204)
            #expect(try await client.get(path).status == 404)
            #expect(try await client.chunk(path, [1], range: "bytes 10-10/25").status == 404)
            #expect(FileSystem.names(in: backend.dataDirectory + "/uploads").isEmpty)
        }
    }

    @Test func whatIsCompleteIsNotRemoved() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let (path, reply) = try await Self.begin(client)
            let id = reply["id"].stringValue ?? ""
            _ = try await client.chunk(path, Array(Self.content[10...]), range: "bytes 10-24/25")
            #expect(try await client.post(path, ["md5": .string(TestClient.md5(Self.content))]).status == 200)
            #expect(try await client.send(.DELETE, path).status == 400)
            #expect(try await client.post("/data_files/", ["chunked_upload": .string(id)]).status == 201)
            #expect(try await client.send(.DELETE, path).status == 400)
        }
    }

    @Test func theListOfUnfinishedOnesSaysThatItHasNoFilters() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            for list in ["chunked_upload", "tenants"] {
                #expect(try await client.get("/\(list)/?page=1").status == 200)
                for key in ["search", "ids", "ids_ex", "ordering"] {
                    let reply = try await client.get("/\(list)/?\(key)=1")
                    #expect(reply.status == 400 && reply[key] != .null, "\(list) \(key)")
                }
            }
        }
    }
}

/// Gives some bytes, then fails.
struct CutSequence: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    struct Cut: Error {}

    let bytes: [UInt8]
    let until: Int

    func makeAsyncIterator() -> Iterator { Iterator(bytes: bytes, until: until) }

    struct Iterator: AsyncIteratorProtocol {
        let bytes: [UInt8]
        let until: Int
        var position = 0

        mutating func next() async throws -> ByteBuffer? {
            if position >= until { throw Cut() }
            let end = Swift.min(position + 65_536, until)
            defer { position = end }
            return ByteBuffer(bytes: bytes[position..<end])
        }
    }
}
