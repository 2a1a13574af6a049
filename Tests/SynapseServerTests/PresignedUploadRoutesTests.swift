import AsyncHTTPClient
import Crypto
import GRDB
import NIOCore
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

/// Files that come by signed URLs: whole and in parts, wrong ones, late ones, and those that nobody finished.
@Suite(.timeLimit(.minutes(2)))
struct PresignedUploadRoutesTests {
    private static let upload = "/data_files/presigned_upload/upload/"
    private static let confirm = "/data_files/presigned_upload/confirm_upload/"

    private static func sha1(_ bytes: [UInt8]) -> String { Hexadecimal.text(Insecure.SHA1.hash(data: bytes)) }

    private static func request(
        _ client: TestClient, _ files: [(name: String, bytes: [UInt8])], expiration: Int64 = 3600
    ) async throws -> TestClient.Reply {
        try await client.post(
            upload,
            [
                "files": .array(
                    files.map { ["filename": .string($0.name), "size": .integer(Int64($0.bytes.count))] }),
                "expiration": .integer(expiration),
            ])
    }

    private static func put(_ client: TestClient, _ url: JSONValue?, _ bytes: some Sequence<UInt8>) async throws
        -> TestClient.Reply
    {
        try await client.withoutToken().send(.PUT, url?.stringValue ?? "", body: .bytes(ByteBuffer(bytes: bytes)))
    }

    private static func entry(_ file: JSONValue, _ bytes: [UInt8], etags: [String]? = nil) -> JSONValue {
        guard let etags else {
            return [
                "file_key": file["file_key"] ?? .null, "checksum": .string(sha1(bytes)),
                "size": .integer(Int64(bytes.count)),
            ]
        }
        let parts = etags.enumerated().map { index, etag -> JSONValue in
            ["part_number": .integer(Int64(index + 1)), "etag": .string(etag)]
        }
        return [
            "file_key": file["file_key"] ?? .null, "checksum": .string(sha1(bytes)),
            "size": .integer(Int64(bytes.count)),
            "multipart": ["upload_id": file["multipart"]?["upload_id"] ?? .null, "parts": .array(parts)],
        ]
    }

    private static func confirm(_ client: TestClient, _ entries: JSONValue...) async throws -> TestClient.Reply {
        let reply = try await client.post(confirm, ["files": .array(entries)])
        try #require(reply.results.count == entries.count, "\(reply.text)")
        return reply
    }

    private static func withParts(_ body: (EmbeddedBackend, TestClient) async throws -> Void) async throws {
        try await withEmbeddedBackend(configure: {
            $0.presigned.thresholdByteCount = 10
            $0.presigned.partByteCount = 10
        }) { backend in try await body(backend, TestClient(backend)) }
    }

    @Test func oneRequestMakesADataFile() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let (one, none) = (Array("one file".utf8), [UInt8]())
            let reply = try await Self.request(client, [("a.png", one), ("empty", none), ("a.png", one)])
            #expect(reply.status == 200)
            let files = reply["files"].arrayValue ?? []
            #expect(files.map { $0["filename"] } == ["a.png", "empty", "a.png"])
            #expect(files.allSatisfy { $0["multipart"] == .null })
            #expect(Set(files.compactMap { $0["file_key"]?.stringValue }).count == 3)
            #expect(files[0]["file_key"]?.stringValue?.hasSuffix(".png") == true)
            #expect(reply["expires_at"].stringValue?.hasSuffix("Z") == true)
            for (file, bytes) in zip(files, [one, none, one]) {
                let put = try await Self.put(client, file["presigned_url"], bytes)
                #expect(put.status == 200)
                #expect(put.headers.first(name: "ETag") == "\"\(TestClient.md5(bytes))\"")
            }
            let done = try await Self.confirm(
                client, Self.entry(files[0], one), Self.entry(files[1], none), Self.entry(files[2], one))
            #expect(done.status == 200)
            #expect(done["created_count"] == 3)
            #expect(done["failed_count"] == 0)
            let results = done.results
            #expect(results.map { $0["success"] } == [true, true, true])
            #expect(results.map { $0["created"] } == [true, true, false])
            #expect(results[2]["data_file_id"] == results[0]["data_file_id"])
            let stored = try await client.get("/data_files/\(results[0]["data_file_id"]?.integerValue ?? 0)/")
            #expect(stored["checksum"] == .string(TestClient.md5(one)))
            #expect(stored["sha1"] == .string(Self.sha1(one)))
            #expect(stored["file_name_original"] == "a.png")
            #expect(try await client.withoutToken().get(stored["file"].stringValue ?? "").bytes == one)
            // Saying it again answers the same.
            let again = try await Self.confirm(
                client, Self.entry(files[0], one), Self.entry(files[1], none), Self.entry(files[2], one))
            #expect(again.json == done.json)
            #expect(FileSystem.names(in: backend.dataDirectory + "/uploads").isEmpty)
            #expect(try await Self.put(client, files[0]["presigned_url"], one).status == 409)
        }
    }

    @Test func partsComeInAnyOrderAndAreJoined() async throws {
        try await Self.withParts { backend, client in
            let bytes = (0..<25).map { UInt8($0) }
            let file = try #require(try await Self.request(client, [("big.bin", bytes)])["files"][0])
            #expect(file["presigned_url"] == .null)
            let multipart = try #require(file["multipart"])
            #expect(multipart["part_size"] == 10)
            let parts = multipart["parts"]?.arrayValue ?? []
            #expect(parts.map { $0["part_number"] } == [1, 2, 3])
            var etags = ["", "", ""]
            for index in [2, 0, 1] {
                // A part that comes twice counts once, the last time.
                let range = index * 10..<min(index * 10 + 10, 25)
                _ = try await Self.put(client, parts[index]["presigned_url"], Array(repeating: 9, count: range.count))
                let reply = try await Self.put(client, parts[index]["presigned_url"], bytes[range])
                etags[index] = reply.headers.first(name: "ETag") ?? ""
            }
            let done = try await Self.confirm(client, Self.entry(file, bytes, etags: etags))
            #expect(done.results[0]["success"] == true)
            let stored = try await client.get("/data_files/\(done.results[0]["data_file_id"]?.integerValue ?? 0)/")
            #expect(try await client.withoutToken().get(stored["file"].stringValue ?? "").bytes == bytes)
            #expect(FileSystem.names(in: backend.dataDirectory + "/uploads").isEmpty)
        }
    }

    @Test func whatIsNotRightIsRefusedByItselfAndCanBeRepaired() async throws {
        try await Self.withParts { _, client in
            let bytes = (0..<15).map { UInt8($0) }
            let good = Array("good".utf8)
            let reply = try await Self.request(client, [("big.bin", bytes), ("good", good), ("unsent", good)])
            let files = reply["files"].arrayValue ?? []
            let parts = files[0]["multipart"]?["parts"]?.arrayValue ?? []
            let first = try await Self.put(client, parts[0]["presigned_url"], bytes[..<10])
            _ = try await Self.put(client, files[1]["presigned_url"], good)
            func errors(_ entries: JSONValue...) async throws -> [String] {
                let reply = try await client.post(Self.confirm, ["files": .array(entries)])
                try #require(reply.results.count == entries.count, "\(reply.text)")
                return reply.results.map { $0["error"]?.stringValue ?? "-" }
            }
            #expect(
                try await errors(
                    Self.entry(files[0], bytes), Self.entry(files[2], good), ["file_key": "other", "checksum": "00"])
                    == [
                        "Part 2 was not uploaded.", "The file was not uploaded.",
                        "There is no upload of this file_key, or its time is over.",
                    ])
            let wrong = try await Self.put(client, parts[1]["presigned_url"], [9, 9, 9, 9, 9])
            let (one, bad) = (first.headers.first(name: "ETag") ?? "", wrong.headers.first(name: "ETag") ?? "")
            #expect(
                try await errors(
                    Self.entry(files[0], bytes), Self.entry(files[0], bytes, etags: [one, one]),
                    Self.entry(files[0], bytes, etags: [one]), Self.entry(files[0], Array(bytes.dropLast())),
                    Self.entry(files[1], good)) == [
                        "The checksum is not that of the bytes that came.",
                        "The ETag of part 2 is not that of the bytes that came.",
                        "The list of parts must name parts 1 to 2 in order.", "15 bytes were announced, not 14.", "-",
                    ])
            #expect(try await errors(Self.entry(files[0], bytes, etags: [one, bad]))[0].hasPrefix("The checksum"))
            _ = try await Self.put(client, parts[1]["presigned_url"], bytes[10...])
            #expect(try await errors(Self.entry(files[0], bytes)) == ["-"])
        }
    }

    @Test func signaturesCoverWhatIsDoneToWhatAndUntilWhen() async throws {
        try await Self.withParts { _, client in
            let reply = try await Self.request(client, [("a", [1]), ("b", [1]), ("c", Array(repeating: 1, count: 11))])
            let files = reply["files"].arrayValue ?? []
            let url = files[0]["presigned_url"]?.stringValue ?? ""
            let other = files[1]["presigned_url"]?.stringValue ?? ""
            let query = url.drop { $0 != "?" }
            let forged = [
                other.prefix { $0 != "?" } + query, url.prefix { $0 != "?" },
                Substring(url.replacing("expires=", with: "expires=9")), Substring(url + "0"),
            ]
            for url in forged {
                let refused = try await Self.put(client, .string(String(url)), [1])
                #expect(refused.status == 403)
                #expect(refused.text.contains("<Code>SignatureDoesNotMatch</Code>"))
            }
            #expect(try await client.withoutToken().send(.DELETE, url).status == 403)
            for bytes in [[], [1, 2]] as [[UInt8]] {
                let refused = try await Self.put(client, .string(url), bytes)
                #expect(refused.status == 400)
                #expect(refused.text.contains("<Code>InvalidRequest</Code>"))
            }
            let digest = client.with("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==")
            #expect(try await Self.put(digest, .string(url), [1]).text.contains("<Code>BadDigest</Code>"))
            #expect(
                try await Self.put(client.with("Content-MD5", "VaVACK0bpYmqIQ0mKcHfQQ=="), .string(url), [1]).status
                    == 200)
            let late = try await Self.request(client, [("late", [1])], expiration: 1)
            try await Swift.Task.sleep(for: .milliseconds(2100))
            let refused = try await Self.put(client, late["files"][0]?["presigned_url"], [1])
            #expect(refused.status == 403)
            #expect(refused.text.contains("<Message>Request has expired</Message>"))
        }
    }

    @Test func bytesThatAreCutOffAreNoPiece() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let bytes = [UInt8](repeating: 7, count: 3 << 20)
            let file = try #require(try await Self.request(client, [("a", bytes)])["files"][0])
            await #expect(throws: (any Error).self) {
                _ = try await client.withoutToken().send(
                    .PUT, file["presigned_url"]?.stringValue ?? "",
                    body: .stream(CutSequence(bytes: bytes, until: 2 << 20), length: .known(Int64(bytes.count))))
            }
            let early = try await Self.confirm(client, Self.entry(file, bytes))
            #expect(early.results[0]["error"] == "The file was not uploaded.")
            #expect(try await Self.put(client, file["presigned_url"], bytes).status == 200)
            #expect(try await Self.confirm(client, Self.entry(file, bytes)).results[0]["success"] == true)
        }
    }

    @Test func tenantsDoNotSeeEachOthersUploads() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            try await backend.server.createTenant(code: "other", name: "Other")
            let stranger = TestClient(backend, token: try await backend.server.createAccessToken(tenant: "other"))
            let file = try #require(try await Self.request(client, [("a", [1])])["files"][0])
            _ = try await Self.put(client, file["presigned_url"], [1])
            let refused = try await Self.confirm(stranger, Self.entry(file, [1]))
            #expect(refused.results[0]["success"] == false)
            #expect(try await Self.confirm(client, Self.entry(file, [1])).results[0]["success"] == true)
        }
    }

    @Test func aRestartKeepsWhatCameAndRemovesWhatExpired() async throws {
        try await withTemporaryDirectory { directory in
            let bytes: [UInt8] = [1, 2, 3]
            let file = try await withEmbeddedBackend(in: directory) { backend in
                let client = TestClient(backend)
                let file = try #require(try await Self.request(client, [("a", bytes)])["files"][0])
                _ = try await Self.put(client, file["presigned_url"], bytes)
                return file
            }
            #expect(FileSystem.names(in: directory + "/uploads").count == 1)
            try await withEmbeddedBackend(in: directory, configure: { $0.uploadLifetime = .seconds(-3600) }) {
                backend in
                let client = TestClient(backend)
                #expect(try await Self.confirm(client, Self.entry(file, bytes)).results[0]["success"] == true)
                // One whose time is over as soon as its URL is: in 1000 seconds, then in none.
                let late = try #require(try await Self.request(client, [("b", bytes)], expiration: 4600)["files"][0])
                #expect(try await Self.put(client, late["presigned_url"], bytes).status == 200)
                #expect(FileSystem.names(in: directory + "/uploads").count == 1)
                let count = try await backend.server.services.database.write { db in
                    try db.execute(
                        sql: "UPDATE presigned_upload SET expires = ? WHERE expires BETWEEN ? AND ?",
                        arguments: [
                            WireTime.now(adding: .seconds(-1)), WireTime.now(adding: .seconds(500)),
                            WireTime.now(adding: .seconds(1000)),
                        ])
                    return db.changesCount
                }
                #expect(count == 1)
            }
            try await withEmbeddedBackend(in: directory) { backend in
                #expect(backend.server.sweepReport.expiredUploadCount == 1)
                #expect(FileSystem.names(in: directory + "/uploads").isEmpty)
            }
        }
    }

    @Test func anUploadInPartsCanBeGivenUp() async throws {
        try await Self.withParts { backend, client in
            let bytes = [UInt8](repeating: 1, count: 11)
            let file = try #require(try await Self.request(client, [("a", bytes)])["files"][0])
            let url = file["multipart"]?["parts"]?[0]?["presigned_url"]
            _ = try await Self.put(client, url, bytes[..<10])
            let abort = file["multipart"]?["abort_url"]?.stringValue ?? ""
            #expect(try await client.withoutToken().send(.DELETE, abort).status == 204)
            #expect(FileSystem.names(in: backend.dataDirectory + "/uploads").isEmpty)
            #expect(try await Self.put(client, url, bytes[..<10]).status == 404)
        }
    }

    @Test(
        arguments: [
            ["files": []], ["files": [["filename": "a"]]], ["files": [["filename": "", "size": 1]]],
            ["files": [["filename": "a", "size": -1]]], ["files": [1]], [:],
            ["files": [["filename": "a", "size": 1]], "expiration": 0],
            ["files": [["filename": "a", "size": 1]], "expiration": 86_401],
        ] as [JSONValue])
    func requestsThatMakeNoSenseAreToldSo(body: JSONValue) async throws {
        try await withEmbeddedBackend { backend in
            let reply = try await TestClient(backend).post(Self.upload, body)
            #expect(reply.status == 400)
        }
    }

    @Test func noFileHasMoreThanTenThousandParts() {
        var settings = BackendServerConfiguration.Presigned()
        #expect(settings.partByteCount(of: 100 << 20) == nil)
        #expect(settings.partByteCount(of: 100 << 20 + 1) == 100 << 20)
        settings.partByteCount = 1
        settings.thresholdByteCount = 1
        #expect(settings.partByteCount(of: 100_001) == 11)
    }
}
