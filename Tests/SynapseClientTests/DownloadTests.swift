#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import SynapseClient
import SynapseTestSupport
import Testing

/// Downloads: whole files or none, without credentials, going on where they broke.
@Suite(.timeLimit(.minutes(1)))
struct DownloadTests {
    static let content = Array("0123456789abcdefghij".utf8)

    private func digest(_ bytes: [UInt8]) throws -> String {
        let file = try TemporaryFile(bytes)
        return try FileSource(path: file.path).md5()
    }

    private func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    private func response(
        _ status: Int, _ bytes: [UInt8], _ fields: [(String, String)], breaks: Bool = false
    ) -> TransportResponse {
        var response = TransportResponse.json("", status: status, headers: Dictionary(uniqueKeysWithValues: fields))
        response.body = ResponseBody {
            let state = Shared(0)
            return {
                state.change { $0 += 1 }
                if state.value == 1 { return bytes }
                if breaks { throw TransportError(.truncated, mayHaveArrived: true) }
                return nil
            }
        }
        return response
    }

    @Test
    func `A broken download goes on where it stopped, if the content is the same`() async throws {
        let transport = ScriptedTransport { sent in
            guard sent.index > 0 else {
                return response(
                    200, Array(Self.content.prefix(8)), [("ETag", "\"v1\""), ("Content-Length", "20")], breaks: true)
            }
            return response(206, Array(Self.content.dropFirst(8)), [("Content-Range", "bytes 8-19/20")])
        }
        let folder = try TemporaryFile.folder()
        let client = try makeClient(transport: transport)
        let file = FileReference(url: "http://files/a.png?sig=1", checksum: try digest(Self.content), size: 20)
        let fetched = try await client.downloadFile(from: file, to: folder + "/a.png")
        #expect(fetched.byteCount == 20)
        #expect(try Data(contentsOf: URL(filePath: fetched.path)) == Data(Self.content))
        #expect(transport.requests[1].headers["range"] == "bytes=8-")
        #expect(transport.requests[1].headers["if-range"] == "\"v1\"")
        #expect(
            transport.requests.allSatisfy { $0.headers["synapse-access-token"] == nil && $0.target == "/a.png?sig=1" })
        #expect(try names(in: folder) == ["a.png"])
    }

    @Test
    func `Content that changed in between is fetched from the beginning`() async throws {
        let transport = ScriptedTransport { sent in
            sent.index == 0
                ? response(200, [1, 2, 3], [("ETag", "\"v1\""), ("Content-Length", "20")], breaks: true)
                : response(200, Self.content, [("ETag", "\"v2\""), ("Content-Length", "20")])
        }
        let folder = try TemporaryFile.folder()
        let fetched = try await makeClient(transport: transport).downloadFile(from: "http://files/a", to: folder + "/a")
        #expect(try Data(contentsOf: URL(filePath: fetched.path)) == Data(Self.content))
        #expect(fetched.checksum == (try digest(Self.content)))
    }

    @Test
    func `Without a validator nothing is glued together`() async throws {
        let transport = ScriptedTransport { sent in
            sent.index == 0
                ? response(200, [1, 2, 3], [("Content-Length", "20")], breaks: true)
                : response(200, Self.content, [("Content-Length", "20")])
        }
        let folder = try TemporaryFile.folder()
        _ = try await makeClient(transport: transport).downloadFile(from: "http://files/a", to: folder + "/a")
        #expect(transport.requests[1].headers["range"] == nil)
    }

    @Test(arguments: ["digest", "size", "404", "truncated"])
    func `What is not right leaves no file`(fault: String) async throws {
        let transport = ScriptedTransport { _ in
            switch fault {
            case "404": .json(#"{"detail":"gone"}"#, status: 404)
            case "truncated": response(200, [1], [("Content-Length", "20")])
            default: response(200, Self.content, [("Content-Length", "20")])
            }
        }
        let folder = try TemporaryFile.folder()
        let file = FileReference(
            url: "/media/a", checksum: fault == "digest" ? String(repeating: "0", count: 32) : nil,
            size: fault == "size" ? 21 : nil)
        let client = try makeClient(transport: transport)
        let error = try #require(await failure { try await client.downloadFile(from: file, to: folder + "/a") })
        let codes: [String: ClientError.Code] = ["404": .notFound, "truncated": .truncatedResponse]
        #expect(error.code == codes[fault] ?? .checksumMismatch)
        #expect(error.context.file == folder + "/a")
        #expect(try names(in: folder).isEmpty)
    }

    @Test
    func `Many files have an outcome each`() async throws {
        let transport = ScriptedTransport { sent in
            sent.path == "/2" ? .json("{}", status: 404) : response(200, Self.content, [])
        }
        let folder = try TemporaryFile.folder()
        let outcomes = try await makeClient(transport: transport).downloadFiles(
            (1...3).map { (FileReference(url: "http://files/\($0)"), folder + "/\($0)") })
        #expect(outcomes.map { (try? $0.get()) != nil } == [true, false, true])
    }

    private static let row = #"""
        {"count":1,"next":null,"results":[{"id":1,"files":{"image_1":{"url":"http://files/a.jpg?sig=1","size":20},
        "meta_1":null}}]}
        """#

    @Test
    func `Addresses are rewritten by a closure`() async throws {
        let transport = ScriptedTransport { _ in .json(Self.row) }
        let units = try makeClient(transport: transport).listAllDataUnits(
            urlConversion: .map { "https://cdn.example\($0.dropFirst(12))" })
        for try await unit in units {
            #expect(unit.files?["image_1"]?.url == "https://cdn.example/a.jpg?sig=1")
        }
    }

    @Test
    func `Files are downloaded into a cache once`() async throws {
        let transport = ScriptedTransport { sent in
            sent.path == "/a.jpg" ? response(200, Self.content, []) : .json(Self.row)
        }
        let cache = FileCache(directory: try TemporaryFile.folder() + "/cache")
        let client = try makeClient(transport: transport)
        for _ in 1...2 {
            let page = try await client.listDataUnits(urlConversion: .download(cache: cache))
            let path = page.results.first?.files?["image_1"]?.row?["path"]?.value.stringValue
            #expect(path?.hasPrefix(cache.directory) == true)
            #expect(path?.hasSuffix(".jpg") == true)
            #expect(try Data(contentsOf: URL(filePath: path ?? "")) == Data(Self.content))
        }
        #expect(transport.requests.filter { $0.path == "/a.jpg" }.count == 1)
    }
}
