import Foundation
import GRDB
import NIOCore
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct FilesAndRestartTests {
    @Test func linksNeedNoCredentialsAndCannotBeForged() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let file = try await client.upload(Array("hello".utf8), filename: "grö\"ße/x y.png")
            let link = file["file"].stringValue ?? ""
            #expect(link.hasPrefix(backend.url + "/media/"))
            let anyone = client.withoutToken()
            let whole = try await anyone.get(link)
            #expect(whole.status == 200 && whole.text == "hello")
            #expect(whole.headers.first(name: "Content-Type") == "image/png")
            #expect(whole.headers.first(name: "Accept-Ranges") == "bytes")
            #expect(whole.headers.first(name: "X-Content-Type-Options") == "nosniff")
            #expect(
                whole.headers.first(name: "Content-Disposition")
                    == "attachment; filename=\"x y.png\"; filename*=UTF-8''x%20y.png")
            for (wanted, replacement) in [("signature=", "signature=0"), ("expires=", "expires=9"), ("x%20y", "xzy")] {
                #expect(try await anyone.get(link.replacingFirst(wanted, with: replacement)).status == 403)
            }
            #expect(try await anyone.get(String(link.prefix { $0 != "?" })).status == 403)
            // The path is the content's own: the query may change, the path may not.
            let again = try await client.upload(Array("hello".utf8))
            #expect(again["file"].stringValue?.prefix { $0 != "?" } == link.prefix { $0 != "?" })
            #expect(try await anyone.send(.HEAD, link).headers.first(name: "Content-Length") == "5")
            #expect(try await anyone.with("Range", "bytes=0-1").send(.HEAD, link).status == 200)
        }
    }

    /// Clients write percent codes anew, each in its own way: which characters they spell plainly is up to them.
    @Test func linksMayBeSpelledOtherwise() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let link =
                try await client.upload(Array("hello".utf8), filename: "ü (1)'!$&*,;=@+%41.png")["file"].stringValue
                ?? ""
            #expect(link.contains("/%C3%BC%20%281%29%27%21%24%26%2A%2C%3B%3D%40%2B%2541.png?"))
            let spellings = [
                link.replacingFirst("%281%29%27%21%24%26%2A%2C%3B%3D%40%2B", with: "(1)'!$&*,;=@+"),
                link.replacingFirst("%C3%BC", with: "%c3%bc"), link.replacingFirst(".png", with: "%2Epng"),
            ]
            for spelling in spellings {
                #expect(spelling != link)
                let reply = try await client.withoutToken().get(spelling)
                #expect(reply.status == 200 && reply.text == "hello", "\(spelling)")
            }
            let another = link.replacingFirst("%2541", with: "A")
            #expect(try await client.withoutToken().get(another).status == 403)
        }
    }

    @Test func aDatabaseOfANewerVersionIsLeftAlone() async throws {
        try await withTemporaryDirectory { directory in
            try await withEmbeddedBackend(in: directory) { backend in
                try await backend.server.services.database.write { db in
                    try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('999_later')")
                }
            }
            let error = #expect(throws: BackendServerError.self) {
                _ = try BackendServer(BackendServerConfiguration(dataDirectory: directory, port: 0))
            }
            #expect(error?.code == .databaseUnusable && error?.message.contains("newer version") == true)
        }
    }

    /// Somebody's own files must not end up between a backend's, nor the other way round.
    @Test func aFolderOfOtherThingsIsRefusedAndLeftAsItIs() async throws {
        try await withTemporaryDirectory { directory in
            try "x".write(toFile: "\(directory)/thesis.txt", atomically: false, encoding: .utf8)
            let error = #expect(throws: BackendServerError.self) {
                _ = try BackendServer(BackendServerConfiguration(dataDirectory: directory, port: 0))
            }
            #expect(error?.code == .directoryUnusable && error?.message.contains("thesis.txt") == true)
            #expect(FileSystem.names(in: directory) == ["thesis.txt"])
        }
        // What comes later does not keep a backend from starting.
        try await withTemporaryDirectory { directory in
            try await withEmbeddedBackend(in: directory) { _ in }
            try "x".write(toFile: "\(directory)/thesis.txt", atomically: false, encoding: .utf8)
            let status = try await withEmbeddedBackend(in: directory) { backend in
                try await TestClient(backend).get("/health").status
            }
            #expect(status == 200)
        }
    }

    @Test(arguments: ["files", "uploads", "jobs"]) func aFileInThePlaceOfAFolderIsNamed(name: String) async throws {
        try await withTemporaryDirectory { directory in
            try "x".write(toFile: "\(directory)/\(name)", atomically: false, encoding: .utf8)
            let error = #expect(throws: BackendServerError.self) {
                _ = try BackendServer(BackendServerConfiguration(dataDirectory: directory, port: 0))
            }
            #expect(error?.code == .directoryUnusable && error?.message.contains("\(directory)/\(name)") == true)
        }
    }

    @Test(
        arguments: [
            ("bytes=0-1", 206, "he", "bytes 0-1/5"), ("bytes=3-", 206, "lo", "bytes 3-4/5"),
            ("bytes=-2", 206, "lo", "bytes 3-4/5"), ("bytes=1-99", 206, "ello", "bytes 1-4/5"),
            ("bytes=-99", 206, "hello", "bytes 0-4/5"), ("bytes=5-", 416, nil, "bytes */5"),
            ("bytes=-0", 416, nil, "bytes */5"),
            ("bytes=99999999999999999999-", 416, nil, "bytes */5"),
            ("bytes=0-9223372036854775807", 206, "hello", "bytes 0-4/5"),
            ("bytes=4-9223372036854775806", 206, "o", "bytes 4-4/5"),
            ("bytes=-9223372036854775807", 206, "hello", "bytes 0-4/5"),
            ("bytes=2-1", 200, "hello", nil), ("bytes=0-0,2-2", 200, "hello", nil), ("pages=1-2", 200, "hello", nil),
        ] as [(String, Int, String?, String?)])
    func rangesAreAnswered(range: String, status: Int, text: String?, contentRange: String?) async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let link = try await client.upload(Array("hello".utf8))["file"].stringValue ?? ""
            let reply = try await client.withoutToken().with("Range", range).get(link)
            #expect(reply.status == status)
            if let text { #expect(reply.text == text) }
            #expect(reply.headers.first(name: "Content-Range") == contentRange)
            let etag = reply.headers.first(name: "ETag") ?? ""
            if status == 206 {
                let same = try await client.withoutToken().with("Range", range).with("If-Range", etag).get(link)
                #expect(same.status == 206)
                let changed = try await client.withoutToken().with("Range", range).with("If-Range", "\"x\"").get(link)
                #expect(changed.status == 200)
                #expect(try await client.withoutToken().with("If-None-Match", etag).get(link).status == 304)
            }
        }
    }

    @Test func linksExpire() {
        let secret = String(repeating: "5", count: 64)
        let early = URLSigner(secret: secret) { 1_000_000 }
        let path = early.signedPath(name: "n", filename: "f")
        let query = QueryParameters(path.split(separator: "?")[1])
        let expires = query["expires"] ?? ""
        let signature = query["signature"] ?? ""
        #expect(early.isValid(name: "n", filename: "f", expires: expires, signature: signature))
        let end = Int(expires) ?? 0
        #expect(end - 1_000_000 >= URLSigner.lifetime)
        #expect(
            !URLSigner(secret: secret) { end + 1 }.isValid(
                name: "n", filename: "f", expires: expires, signature: signature))
        #expect(
            !URLSigner(secret: secret + "6") { 0 }.isValid(
                name: "n", filename: "f", expires: expires, signature: signature))
    }

    @Test func aRestartKeepsEverything() async throws {
        try await withTemporaryDirectory { directory in
            let (token, project, link) = try await withEmbeddedBackend(in: directory) { backend in
                let client = TestClient(backend)
                let workspace = try await Workspace(client)
                let tasks = try await workspace.makeTasks(workspace.makeUnits(3))
                _ = try await client.json(.PUT, "/tasks/\(tasks[0])/annotate_task_data/", ["label": 1])
                let files = try await client.get("/data_files/1")
                return (
                    backend.adminToken, workspace.project,
                    String((files["file"].stringValue ?? "").dropFirst(backend.url.count))
                )
            }
            try await withEmbeddedBackend(in: directory) { backend in
                #expect(backend.adminToken == token)
                #expect(backend.server.sweepReport == SweepReport())
                let client = TestClient(backend)
                let tasks = try await client.get("/sdk/tasks/?project=\(project)")
                #expect(tasks["count"] == 3)
                #expect(tasks.results[0]["data"] == ["label": 1])
                #expect(try await client.withoutToken().get(backend.url + link).text == "content 0")
            }
        }
    }

    @Test func theSweepRemovesWhatNoRowNamesAndReportsWhatIsMissing() async throws {
        try await withTemporaryDirectory { directory in
            try await withEmbeddedBackend(in: directory) { backend in
                let client = TestClient(backend)
                _ = try await client.upload([1])
                _ = try await client.upload([2])
                _ = try await client.chunk("/chunked_upload/", [1], range: "bytes 0-0/2")
            }
            let files = directory + "/files"
            let folder = try #require(FileSystem.names(in: files).first)
            let kept = try #require(FileSystem.names(in: files + "/" + folder).first)
            try FileSystem.remove(files + "/" + folder + "/" + kept)
            for path in [
                files + "/" + folder + "/" + String(repeating: folder, count: 16),
                directory + "/uploads/\(LocalFileStore.makeName()).tmp",
                directory + "/uploads/\(UUIDText.make()).part",
            ] {
                _ = try OpenFile(path: path, mode: .creating)
            }
            try await withEmbeddedBackend(in: directory) { backend in
                #expect(backend.server.sweepReport.removedFileCount == 1)
                #expect(backend.server.sweepReport.removedTemporaryCount == 2)
                #expect(backend.server.sweepReport.missingFileCount == 1)
                #expect(FileSystem.names(in: directory + "/uploads").count == 1)
                let client = TestClient(backend)
                #expect(try await client.withoutToken().get("/health")["missing_files"] == 1)
                // Sending the files again repairs what is missing.
                for byte in [UInt8(1), 2] {
                    let file = try await client.upload([byte])
                    #expect(try await client.withoutToken().get(file["file"].stringValue ?? "").bytes == [byte])
                }
                #expect(try await client.get("/data_files/")["count"] == 2)
            }
        }
    }

    /// A folder that was made by hand may be open to all; what is in it holds secrets.
    @Test func onlyTheOwnerReadsWhatIsInTheDataDirectory() async throws {
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        try await withTemporaryDirectory { parent in
            let folder = parent + "/open"
            for name in ["", "/files", "/uploads", "/jobs"] {
                try FileManager.default.createDirectory(
                    atPath: folder + name, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
            }
            for start in ["first", "again"] {
                try await withEmbeddedBackend(in: folder) { backend in
                    _ = try await TestClient(backend).post("/agents/", ["name": .string(start)])
                    for name in ["synapse.db", "synapse.db-wal", "synapse.db-shm", "admin-token"] {
                        #expect(try mode("\(folder)/\(name)") == 0o600, "\(name)")
                    }
                    for name in ["files", "uploads", "jobs"] {
                        #expect(try mode("\(folder)/\(name)") == 0o700, "\(name)")
                    }
                }
                // As an older version left it.
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o644], ofItemAtPath: folder + "/synapse.db")
            }
            #expect(try mode(folder) == 0o755)
        }
    }

    @Test func oneDirectoryHasOneServer() async throws {
        try await withEmbeddedBackend { backend in
            let error = #expect(throws: BackendServerError.self) {
                _ = try BackendServer(BackendServerConfiguration(dataDirectory: backend.dataDirectory, port: 0))
            }
            #expect(error?.code == .directoryInUse)
        }
    }

    @Test func aTakenAddressIsAnErrorNotAWait() async throws {
        try await withEmbeddedBackend { backend in
            let port = Int(backend.url.split(separator: ":").last ?? "") ?? 0
            let error = await #expect(throws: BackendServerError.self) {
                try await withEmbeddedBackend(configure: { $0.port = port }) { _ in }
            }
            #expect(error?.code == .addressUnusable)
        }
    }

    @Test func aFreshDatabaseHasTheWholeSchema() throws {
        let queue = try DatabaseQueue()
        try Migrations.all.migrate(queue)
        let (isComplete, tables, check) = try queue.read { db in
            (
                try Migrations.all.hasCompletedMigrations(db),
                try ListedTable.allCases.filter { try db.tableExists($0.rawValue) },
                try String.fetchOne(db, sql: "PRAGMA integrity_check")
            )
        }
        #expect(isComplete)
        #expect(tables == ListedTable.allCases)
        #expect(check == "ok")
    }
}
