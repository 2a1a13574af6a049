import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct JobLogRoutesTests {
    static let time: JSONValue = "2026-01-15T09:48:11.868076+00:00"

    static func entry(_ job: String, _ text: String, _ extra: JSONObject = [:]) -> JSONValue {
        var entry: JSONObject = [
            "event": "message", "data": ["content": .string(text)], "datetime": time, "job": .string(job),
        ]
        for member in extra { entry[member.key] = member.value }
        return .object(entry)
    }

    @Test func createLogsAnswersInTheFormOfTheRequest() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let work = try await JobWorkspace(client)
            let job = try await work.makeJob()
            let one = try await client.post("/logs/", Self.entry(job, "a", ["step": "train", "level": "INFO"]))
            #expect(one.status == 201)
            #expect(one["event"] == "message" && one["level"] == "info" && one["step"] == "train")
            #expect(one["job"] == .string(job) && one["datetime"] == Self.time && one["file"] == .null)
            let list = try await client.post("/logs/", [Self.entry(job, "b"), Self.entry(job, "c")])
            #expect(list.json.arrayValue?.compactMap { $0["data"]?["content"] } == ["b", "c"])
            // A list of one, and the older form of a message.
            let older = try await client.post(
                "/logs/", [["message": "done", "context": ["x": 1], "job": .string(job)]])
            #expect(older.json[0]?["data"] == ["content": "done", "context": ["x": 1]])
            let log = try await client.get("/jobs/\(job)/?expand=logs")["logs"]
            #expect(log.arrayValue?.compactMap { $0["data"]?["content"] } == ["a", "b", "c", "done"])
        }
    }

    @Test func createLogsTwiceMakesEachEntryOnce() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let work = try await JobWorkspace(client)
            let job = try await work.makeJob()
            let many: JSONValue = .array((0..<1000).map { Self.entry(job, "line \($0)") })
            let first = try await client.post("/logs/", many)
            let again = try await client.post("/logs/", many)
            #expect(first.status == 201 && first.bytes == again.bytes)
            #expect(try await client.get("/logs/?job=\(job)")["count"] == 1000)
            // What differs in any part is another entry.
            for extra in [["step": "s"], ["level": "info"], ["datetime": "2026-01-15T09:48:11Z"]] as [JSONObject] {
                _ = try await client.post("/logs/", Self.entry(job, "line 0", extra))
            }
            #expect(try await client.get("/logs/?job=\(job)")["count"] == 1003)
            #expect(try await client.get("/jobs/\(job)/?expand=logs")["logs"].arrayValue?.count == 1000)
            let tooMany = try await client.post("/logs/", .array((0..<1001).map { Self.entry(job, "\($0)") }))
            #expect(tooMany.status == 400 && tooMany.text.contains("1000"))
        }
    }

    @Test func createLogsKeepsFiles() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let work = try await JobWorkspace(client)
            let job = try await work.makeJob()
            let entry = Self.entry(
                job, "a", ["event": "visualization", "file": "data:image/png;base64,iVBORw0KGgowMDAwMDAwMA=="])
            let reply = try await client.post("/logs/", entry)
            let url = try #require(reply["file"].stringValue)
            let file = try await client.withoutToken().get(url)
            #expect(file.status == 200 && file.headers.first(name: "Content-Type") == "image/png")
            #expect(file.bytes == Array("\u{89}PNG\r\n\u{1A}\n00000000".unicodeScalars.map { UInt8($0.value) }))
            #expect(url.contains("visualization.png"))
            #expect(try await client.post("/logs/", entry).bytes == reply.bytes)
            let stored = FileSystem.names(in: backend.dataDirectory + "/files").flatMap {
                FileSystem.names(in: backend.dataDirectory + "/files/" + $0)
            }
            #expect(stored.count == 1)
            // A refused request leaves no file behind.
            let refused = try await client.post(
                "/logs/", Self.entry("6f1f0f1e-0000-4000-8000-000000000009", "a", ["file": "data:text/plain,hello"]))
            #expect(refused["job"].arrayValue?.count == 1)
            #expect(FileSystem.names(in: backend.dataDirectory + "/uploads").isEmpty)
            let plain = try await client.post("/logs/", Self.entry(job, "p", ["file": "data:,a%20b"]))
            #expect(try await client.get(plain["file"].stringValue ?? "").text == "a b")
        }
    }

    /// The disk fails in the middle of a list: what was stored before goes again.
    @Test func createLogsThatFailHalfwayLeaveNoFiles() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let work = try await JobWorkspace(client)
            let job = try await work.makeJob()
            let files = backend.dataDirectory + "/files"
            // Content is stored in one of 256 folders by chance: files are in the place of 32.
            for first in "0123456789abcdef" {
                for second in "08" { _ = try OpenFile(path: "\(files)/\(first)\(second)", mode: .creating) }
            }
            let entries = (0..<200).map { Self.entry(job, "\($0)", ["file": .string("data:text/plain,\($0)")]) }
            let reply = try await client.post("/logs/", .array(entries))
            #expect(reply.status == 500, "\(reply.text)")
            #expect(FileSystem.names(in: files).flatMap { FileSystem.names(in: "\(files)/\($0)") } == [])
            #expect(FileSystem.names(in: backend.dataDirectory + "/uploads") == [])
        }
    }

    @Test(
        arguments: [
            (["job": .null], "job"), (["job": "6f1f"], "job"), (["job": [1]], "job"), (["event": ""], "event"),
            (["event": 3], "event"), (["level": "loud"], "level"), (["datetime": "yesterday"], "datetime"),
            (["step": 3], "step"), (["file": "x.png"], "file"), (["file": "data:image/png;base64"], "file"),
            (["file": "data:image/png;base64,%%%"], "file"), (["file": "data:image/png;base64,a"], "file"),
            (["file": 3], "file"),
        ] as [(JSONObject, String)])
    func createLogsNamesWhatIsWrong(extra: JSONObject, field: String) async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let work = try await JobWorkspace(client)
            let job = try await work.makeJob()
            let bad = Self.entry(job, "bad", extra)
            let one = try await client.post("/logs/", bad)
            #expect(one.status == 400 && one[field].arrayValue?.isEmpty == false, "\(one.text)")
            let list = try await client.post("/logs/", [Self.entry(job, "good"), bad])
            #expect(list.status == 400 && list.json[0] == [:])
            #expect(list.json[1]?[field]?.arrayValue?.isEmpty == false, "\(list.text)")
            #expect(try await client.get("/logs/")["count"] == 0)
        }
    }

    @Test func listLogsNarrowsAsAsked() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let work = try await JobWorkspace(client)
            let jobs = [try await work.makeJob(), try await work.makeJob()]
            _ = try await client.post(
                "/logs/",
                [
                    Self.entry(jobs[0], "a", ["level": "error"]),
                    Self.entry(jobs[0], "b", ["event": "metric", "step": "s"]),
                    Self.entry(jobs[1], "c"),
                ])
            for (query, count) in [
                ("", 3), ("job=\(jobs[0])", 2), ("job=2", 1), ("event=metric", 1), ("level=ERROR", 1), ("step=s", 1),
                ("search=content", 3), ("created_after=2999-01-01", 0),
            ] {
                #expect(try await client.get("/logs/?\(query)")["count"] == .integer(Int64(count)), "\(query)")
            }
            #expect(try await client.get("/logs/?datetime=1").status == 400)
        }
    }

    @Test func serveApplicationsComeInBothForms() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let work = try await JobWorkspace(client)
            let job = try await work.makeJob(action: "inference")
            let made = try await client.post(
                "/serve_applications/", ["job": .string(job), "status": "running", "data": ["name": "app"]])
            #expect(made.status == 201 && made["status"] == "RUNNING" && made["data"] == ["name": "app"])
            #expect(made["job"] == .string(job) && made["plugin_code"] == "digits")
            let older = try await client.post(
                "/serve_applications/",
                [
                    "name": "old", "plugin_release": .integer(work.release), "action": "deployment", "params": ["a": 1],
                    "num_replicas": 2,
                ])
            // The release has no deployment: the error names what there is.
            #expect(older["action"].arrayValue?.first?.stringValue?.contains("inference") == true)
            let served = try await client.post(
                "/serve_applications/",
                ["name": "old", "plugin_release": .integer(work.release), "action": "inference", "params": ["a": 1]])
            #expect(served["status"] == "NOT_STARTED" && served["data"] == ["name": "old", "num_replicas": 1])
            let newJob = try await client.get("/jobs/\(served["job"].stringValue ?? "")/")
            #expect(newJob["status"] == "PENDING" && newJob["params"] == ["a": 1])
            #expect(try await client.get("/serve_applications/?plugin_code=digits")["count"] == 2)
            #expect(try await client.get("/serve_applications/?plugin_code=sam")["count"] == 0)
            #expect(try await client.get("/serve_applications/?job__agent=1")["count"] == 0)
            #expect(try await client.get("/serve_applications/?status=running").results.first == made.json)
            #expect(try await client.get("/serve_applications/\(made.id)").json == made.json)
            for (body, field) in [
                ([:], "job"), (["job": "x"], "job"), (["job": .string(job), "status": "asleep"], "status"),
                (["job": .string(job), "data": 3], "data"), (["plugin_release": 99], "plugin_release"),
            ] as [(JSONValue, String)] {
                let reply = try await client.post("/serve_applications/", body)
                #expect(reply.status == 400 && reply[field].arrayValue?.isEmpty == false, "\(body): \(reply.text)")
            }
        }
    }
}
