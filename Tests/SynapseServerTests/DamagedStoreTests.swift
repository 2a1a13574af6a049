import NIOCore
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

@Suite(.timeLimit(.minutes(2)))
struct DamagedStoreTests {
    /// The path of the only stored file.
    private static func storedPath(_ backend: EmbeddedBackend) throws -> String {
        let files = backend.dataDirectory + "/files"
        for folder in FileSystem.names(in: files) {
            if let name = FileSystem.names(in: "\(files)/\(folder)").first { return "\(files)/\(folder)/\(name)" }
        }
        throw APIError.notFound
    }

    @Test func aMissingFileIs404AndOneThatCannotBeOpenedIsNot() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let link = try await client.upload([1])["file"].stringValue ?? ""
            let path = try Self.storedPath(backend)
            try FileSystem.remove(path)
            #expect(try await client.get(link).status == 404)
            // A link to itself can be opened by nobody, not even by root.
            #expect(unsafe symlink(path, path) == 0)
            #expect(try await client.get(link).status == 500)
        }
    }

    @Test func aServerWhoseDirectoryIsRemovedSaysSoAndTakesNothing() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let project: JSONValue = ["title": "p", "category": "image"]
            #expect(try await client.post("/projects/", project).status == 201)
            try FileSystem.rename(backend.dataDirectory + "/synapse.db", to: backend.dataDirectory + "/away.db")
            #expect(try await client.post("/projects/", project).status == 503)
            #expect(try await client.get("/health").status == 503)
            try FileSystem.rename(backend.dataDirectory + "/away.db", to: backend.dataDirectory + "/synapse.db")
            #expect(try await client.post("/projects/", project).status == 201)
            #expect(try await client.get("/health").status == 200)
        }
    }

    @Test func onlyAFileThatIsGoneIsReplaced() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let link = try await client.upload([1])["file"].stringValue ?? ""
            let path = try Self.storedPath(backend)
            try FileSystem.rename(path, to: path + ".kept")
            #expect(unsafe symlink(path, path) == 0)
            #expect(try await client.upload([1]).status == 500)
            try FileSystem.rename(path + ".kept", to: path)
            #expect(try await client.get(link).bytes == [1])
            let again = try await client.upload([1])["file"].stringValue ?? ""
            #expect(again.prefix { $0 != "?" } == link.prefix { $0 != "?" })
        }
    }

    @Test(arguments: [true, false]) func contentWithoutItsBytesIsNotThereAndIsRepairedBySendingItAgain(
        isRemoved: Bool
    ) async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let link = try await client.upload([1, 2, 3])["file"].stringValue ?? ""
            let path = try Self.storedPath(backend)
            if isRemoved {
                try FileSystem.remove(path)
            } else {
                #expect(unsafe truncate(path, 2) == 0)
            }
            let reply = try await client.get(link)
            #expect(reply.status == (isRemoved ? 404 : 500) && reply.text.contains("Send the file again"))
            let sums: JSONValue = ["checksums": [.string(TestClient.md5([1, 2, 3]))]]
            #expect(try await client.post("/data_files/verify_checksums/", sums)["existing_checksums"] == [])
            let collection = try await client.post(
                "/data_collections/",
                ["name": "c", "category": "image", "file_specifications": [["name": "image", "file_type": "image"]]])
            let unit: JSONValue = [
                "data_collection": .integer(collection.id),
                "files": ["image": ["checksum": .string(TestClient.md5([1, 2, 3])), "path": "a.png"]],
            ]
            let refused = try await client.post("/data_units/", unit)
            #expect(refused.status == 400 && refused.text.contains("lost; send the file again"))
            let again = try await client.upload([1, 2, 3])["file"].stringValue ?? ""
            #expect(try await client.get(again).bytes == [1, 2, 3])
            #expect(
                try await client.post("/data_files/verify_checksums/", sums)["existing_checksums"]
                    == [.string(TestClient.md5([1, 2, 3]))])
            #expect(try await client.post("/data_units/", unit).status == 201)
        }
    }

    @Test(arguments: [0, 2]) func anUploadWhoseBytesAreGoneHasExpired(byteCount: Int) async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let bytes = [UInt8](repeating: 7, count: byteCount)
            let range = byteCount == 0 ? "bytes */0" : "bytes 0-1/2"
            let begun = try await client.chunk("/chunked_upload/", bytes, range: range)
            let id = begun["id"].stringValue ?? ""
            try FileSystem.remove(backend.dataDirectory + "/uploads/\(id).part")
            let done = try await client.post(begun["url"].stringValue ?? "", ["md5": .string(TestClient.md5(bytes))])
            #expect(done.status == 410)
            #expect(done["detail"] == "Upload has expired")
        }
    }

    @Test func anUploadIsFoundByItsNameInAnyCase() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let begun = try await client.chunk("/chunked_upload/", [1], range: "bytes 0-0/1")
            let path = (begun["url"].stringValue ?? "")
            _ = try await client.post(path, ["md5": .string(TestClient.md5([1]))])
            let id = (begun["id"].stringValue ?? "").uppercased()
            #expect(try await client.post("/data_files/", ["chunked_upload": .string(id)]).status == 201)
        }
    }
}
