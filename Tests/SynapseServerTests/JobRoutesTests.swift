import GRDB
import NIOHTTP1
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct JobRoutesTests {
    @Test func runPluginMakesAJob() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let work = try await JobWorkspace(client)
            let reply = try await client.post(
                "/plugins/digits/run/",
                [
                    "agent": .null, "action": "train", "params": ["epochs": 3], "debug": false, "version": "1.0.0",
                    "language": "en",
                ])
            #expect(reply.status == 200)
            let id = try #require(reply["job_id"].stringValue)
            #expect(reply.json == ["job_id": .string(id)])
            let job = try await client.get("/jobs/\(id.uppercased())/")
            #expect(job["id"] == .string(id))
            #expect(job["status"] == "PENDING" && job["is_active"] == true && job["action"] == "train")
            #expect(job["plugin_release"] == .integer(work.release) && job["agent"] == .null)
            #expect(job["params"] == ["epochs": 3] && job["language"] == "en")
            #expect(job["started"] == .null && job["completed"] == .null && job["finished"] == .null)
            let full = try await client.get(
                "/jobs/\(id)/?expand=plugin_release,logs,colour&fields=id,plugin_release,logs")
            #expect(full.json.objectValue?.keys == ["id", "plugin_release", "logs"])
            #expect(full["plugin_release"]["version"] == "1.0.0" && full["logs"] == [])
            #expect(full["plugin_release"]["plugin"]?["code"] == "digits")
            // The older form.
            let older = try await client.post(
                "/plugins/\(work.plugin)/run/", ["action": "train", "parameters": ["a": 1], "context": ["b": 2]])
            let second = try await client.get("/jobs/\(older["job_id"].stringValue ?? "")/")
            #expect(second["params"] == ["a": 1] && second["language"] == "ko")
        }
    }

    @Test func runPluginTakesTheNewestReleaseUnlessOneIsNamed() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let work = try await JobWorkspace(client)
            let newer = try await client.post("/plugin_releases/", ["plugin": "digits", "version": "2.0.0"]).id
            let trial = try await client.post(
                "/plugin_releases/", ["plugin": "digits", "version": "3.0.0", "debug": true]
            ).id
            let table: [(JSONObject, Int64)] = [
                ([:], newer), (["debug": true], trial), (["version": "1.0.0"], work.release),
                (["version": "3.0.0"], trial),
            ]
            for (body, release) in table {
                let job = try await work.makeJob(action: "train", body)
                #expect(try await client.get("/jobs/\(job)/")["plugin_release"] == .integer(release), "\(body)")
            }
        }
    }

    @Test func runPluginNamesWhatIsWrong() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let work = try await JobWorkspace(client)
            _ = try await client.post("/plugins/", ["name": "Empty", "code": "empty", "category": "export"])
            let other = try await work.makeJob()
            let table: [(String, JSONValue, String, String)] = [
                ("digits", [:], "action", "required"),
                ("digits", ["action": "fly"], "action", "it has train, inference"),
                ("digits", ["action": "train", "params": [1]], "params", "object"),
                ("digits", ["action": "train", "version": "9"], "version", "no release \"9\""),
                ("digits", ["action": "train", "agent": 99], "agent", "99"),
                ("digits", ["action": "train", "storage_id": 99], "storage_id", "99"),
                ("digits", ["action": "train", "job_id": 99], "job_id", "99"),
                ("digits", ["action": "train", "job_id": "no"], "job_id", "UUID"),
                ("digits", ["action": "inference", "job_id": .string(other)], "job_id", "another"),
                ("empty", ["action": "train"], "detail", "no release"),
            ]
            for (code, body, field, text) in table {
                let reply = try await client.post("/plugins/\(code)/run/", body)
                #expect(
                    reply.status == 400 && reply[field].description.contains(text.replacing("\"", with: "\\\"")),
                    "\(body): \(reply.text)")
            }
            #expect(try await client.post("/plugins/nothing/run/", ["action": "x"]).status == 404)
            #expect(try await client.get("/jobs/")["count"] == 1)
        }
    }

    @Test func runPluginWithAJobIDMakesOneJob() async throws {
        try await withEmbeddedBackend { backend in
            let work = try await JobWorkspace(TestClient(backend))
            let id = "6F1F0F1E-0000-4000-8000-000000000001"
            for _ in 0..<2 {
                #expect(try await work.makeJob(action: "train", ["job_id": .string(id)]) == id.lowercased())
            }
            #expect(try await work.makeJob(action: "train", ["job_id": 1]) == id.lowercased())
            #expect(try await work.client.get("/jobs/")["count"] == 1)
            #expect(try await work.client.get("/jobs/1/")["id"] == .string(id.lowercased()))
            // An older name of an action, as the platform's command line sends it.
            let other = try await work.makeJob(action: "infer")
            #expect(try await work.client.get("/jobs/\(other)/")["action"] == "inference")
        }
    }

    @Test func runPluginWithAJobIDAndOtherParamsIsRefused() async throws {
        try await withEmbeddedBackend { backend in
            let jobs = try await JobWorkspace(TestClient(backend))
            let id: JSONValue = "0f0e0d0c-0b0a-4908-8706-050403020100"
            _ = try await jobs.makeJob(action: "train", ["job_id": id, "params": ["a": 1, "b": 2]])
            _ = try await jobs.makeJob(action: "train", ["job_id": id, "params": ["a": 1, "b": 2]])
            for params: JSONValue in [["a": 2, "b": 2], [:], ["a": 1]] {
                let reply = try await jobs.client.post(
                    "/plugins/\(jobs.plugin)/run/", ["action": "train", "job_id": id, "params": params])
                #expect(reply.status == 400 && reply["job_id"].arrayValue?.count == 1, "\(reply.text)")
            }
        }
    }

    /// The documented older form names no action.
    @Test func runPluginWithoutAnActionTakesTheOnlyOne() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            let one = try await JobWorkspace(client, code: "one", actions: ["train": [:]])
            let body: JSONValue = ["parameters": ["epochs": 3], "context": ["job": 1]]
            let made = try await client.post("/plugins/\(one.plugin)/run/", body)
            let job = try await client.get("/jobs/\(made["job_id"].stringValue ?? "")/")
            #expect(job["action"] == "train" && job["params"] == ["epochs": 3], "\(made.text)")
            let two = try await JobWorkspace(client, code: "two")
            let refused = try await client.post("/plugins/\(two.plugin)/run/", body)
            let text = refused["action"].arrayValue?.first?.stringValue ?? ""
            #expect(refused.status == 400 && text.contains("train") && text.contains("inference"), "\(refused.text)")
        }
    }

    @Test func updateServeApplicationChangesStatusAndData() async throws {
        try await withEmbeddedBackend { backend in
            let jobs = try await JobWorkspace(TestClient(backend))
            let job = try await jobs.makeJob()
            let made = try await jobs.client.post("/serve_applications/", ["job": .string(job), "data": ["a": 1]])
            let path = "/serve_applications/\(made.id)/"
            #expect(try await jobs.client.json(.PATCH, path, ["status": "running"])["status"] == "RUNNING")
            #expect(try await jobs.client.json(.PATCH, path, ["data": ["b": 2]]).status == 200)
            let read = try await jobs.client.get(path)
            #expect(read["status"] == "RUNNING" && read["data"] == ["b": 2] && read["job"] == .string(job))
            #expect(try await jobs.client.get("/serve_applications/?status=RUNNING")["count"] == 1)
            for body: JSONValue in [["status": "odd"], ["status": .null], ["data": 1], ["job": "x"]] {
                #expect(try await jobs.client.json(.PATCH, path, body).status == 400, "\(body)")
            }
        }
    }

    @Test func updateJobWalksTheStates() async throws {
        try await withEmbeddedBackend { backend in
            let work = try await JobWorkspace(TestClient(backend))
            let job = try await work.makeJob()
            let started = try await work.patch(
                job, ["status": "running", "progress_record": ["record": ["steps": [:]]]])
            #expect(started.status == 200 && started["status"] == "RUNNING")
            #expect(started["started"].stringValue != nil && started["completed"] == .null)
            let again = try await work.patch(job, ["status": "RUNNING", "meta": ["queue": ["position": 2]]])
            #expect(again["started"] == started["started"] && again["queue"] == ["position": 2])
            let snapshot = try await work.patch(
                job, ["progress_record": ["record": ["steps": ["a": 1]]], "metrics_record": ["m": 1]])
            #expect(
                snapshot["progress_record"] == ["record": ["steps": ["a": 1]]] && snapshot["metrics_record"] == ["m": 1]
            )
            let ended = try await work.patch(job, ["status": "completed", "result": ["ok": true], "unheard": 1])
            #expect(ended["status"] == "SUCCEEDED" && ended["result"] == ["ok": true] && ended["is_active"] == false)
            #expect(ended["completed"].stringValue != nil && ended["finished"] == ended["completed"])
            #expect(try await work.patch(job, ["status": "SUCCEEDED"])["completed"] == ended["completed"])
            for word in ["PENDING", "RUNNING", "FAILED", "STOPPED"] {
                let refused = try await work.patch(job, ["status": .string(word)])
                #expect(refused.status == 400)
                #expect(refused["status"] == [.string("A job that is SUCCEEDED cannot become \(word).")])
            }
            let failed = try await work.makeJob()
            #expect(try await work.patch(failed, ["status": "succeeded"]).status == 400)
            let failure = try await work.patch(failed, ["status": "FAILED", "result": ["error": "no memory"]])
            #expect(failure["error"] == ["error_type": .null, "message": "no memory"])
            #expect(try await work.client.get("/jobs/\(job)/")["status"] == "SUCCEEDED")
        }
    }

    @Test(
        arguments: [
            (["status": "done"], "status"), (["status": 3], "status"), (["progress_record": []], "progress_record"),
            (["metrics_record": "x"], "metrics_record"), (["result": 3], "result"), (["meta": []], "meta"),
            (["console_logs": 3], "console_logs"), (["console_logs": [["message": "a"], 4]], "console_logs"),
        ] as [(JSONValue, String)])
    func updateJobNamesWhatIsWrong(body: JSONValue, field: String) async throws {
        try await withEmbeddedBackend { backend in
            let work = try await JobWorkspace(TestClient(backend))
            let job = try await work.makeJob()
            let reply = try await work.patch(job, body)
            #expect(reply.status == 400 && reply[field].arrayValue?.isEmpty == false, "\(reply.text)")
            #expect(try await work.client.get("/jobs/\(job)/console_logs/").json == [])
        }
    }

    @Test func listJobConsoleLogsIsABareListOfLines() async throws {
        try await withEmbeddedBackend { backend in
            let work = try await JobWorkspace(TestClient(backend))
            let job = try await work.makeJob()
            _ = try await work.patch(job, ["console_logs": ["message": "one\ntwo\r\n"]])
            _ = try await work.patch(
                job, ["console_logs": ["three", ["log": ""], ["content": "손실 0.5\r50%"], ["level": "info"]]])
            let reply = try await work.client.get("/jobs/\(job)/console_logs/")
            #expect(reply.json == ["one", "two", "three", "", "손실 0.5\r50%", #"{"level":"info"}"#])
            let nul = try await work.patch(job, ["console_logs": ["message": "a\u{0}b"]])
            #expect(nul.status == 200)
            #expect(try await work.client.get("/jobs/\(job)/console_logs/").json[6] == "a\u{FFFD}b")
        }
    }

    @Test func aVeryLongLineIsKeptInPieces() {
        let text = String(repeating: "é", count: 100_000)
        let lines = PrintedLine.lines(of: text, created: "")
        #expect(lines.map(\.text).joined() == text)
        #expect(lines.allSatisfy { $0.text.utf8.count <= PrintedLine.longestByteCount } && lines.count == 4)
        #expect(PrintedLine.lines(of: "", created: "").map(\.text) == [""])
        #expect(PrintedLine.lines(of: "\n\na", created: "").map(\.text) == ["", "", "a"])
    }

    @Test func listJobsFindsTheNewestFirst() async throws {
        try await withEmbeddedBackend(configure: { $0.jobs.isEnabled = false }) { backend in
            let client = TestClient(backend)
            let work = try await JobWorkspace(client)
            let other = try await JobWorkspace(client, code: "other")
            try await backend.server.services.database.write { db in
                try db.execute(
                    sql: "INSERT INTO agent (tenant_id, name, token, created) VALUES (1, 'gpu', ?, '')",
                    arguments: [String(repeating: "a", count: 40)])
            }
            let first = try await work.makeJob()
            let second = try await work.makeJob(action: "inference", ["agent": 1])
            let third = try await other.makeJob()
            _ = try await work.patch(second, ["status": "running"])
            _ = try await work.patch(second, ["status": "succeeded"])
            let table: [(String, [String])] = [
                ("", [third, second, first]), ("ordering=id", [first, second, third]),
                ("status=succeeded", [second]), ("status=completed", [second]),
                ("status=pending,SUCCEEDED&plugin=digits", [second, first]),
                ("agent=1", [second]), ("action=inference", [second]), ("plugin=other", [third]),
                ("plugin=\(work.plugin)", [second, first]), ("ids=\(first),\(third)", [third, first]),
                ("ids_ex=\(first)", [third, second]), ("limit=2", [third, second]), ("is_active=false", [second]),
                ("completed_after=2000-01-01", [second]), ("search=infer", [second]),
                ("unheard=1", [third, second, first]),
            ]
            for (query, expected) in table {
                let reply = try await client.get("/jobs/?\(query)")
                #expect(
                    reply.results.compactMap { $0["id"]?.stringValue } == expected,
                    "\(query): \(reply.text.prefix(300))")
            }
            for query in ["status=asleep", "agent=x", "params=1", "ordering=colour"] {
                #expect(try await client.get("/jobs/?\(query)").status == 400, "\(query)")
            }
            let expanded = try await client.get("/jobs/?expand=agent&fields=agent&status=succeeded")
            #expect(expanded.results == [["agent": ["id": 1, "name": "gpu", "url": .null]]])
            // What a change made untrue is not remembered.
            #expect(try await client.get("/jobs/?status=pending")["count"] == 2)
            _ = try await work.patch(first, ["status": "stopped"])
            #expect(try await client.get("/jobs/?status=pending")["count"] == 1)
        }
    }

    @Test func theBestTrialIsKeptWithTheJob() async throws {
        try await withEmbeddedBackend { backend in
            let work = try await JobWorkspace(TestClient(backend))
            let job = try await work.makeJob()
            _ = try await work.patch(job, ["meta": ["a": 1]])
            let path = "/trains/\(job)/override_best_trial/"
            let reply = try await work.client.json(.PUT, path, ["trial_id": "t1", "lr": 0.1])
            #expect(reply["meta"] == ["a": 1, "best_trial": ["trial_id": "t1", "lr": 0.1]])
            #expect(try await work.client.json(.PUT, path, ["lr": 1])["trial_id"].arrayValue?.count == 1)
        }
    }

    @Test func aConsoleLogHasABoundInBytes() async throws {
        try await withEmbeddedBackend(configure: { $0.limits.pageByteCount = 10_000 }) { backend in
            let work = try await JobWorkspace(TestClient(backend))
            let job = try await work.makeJob()
            let line = String(repeating: "y", count: 6000)
            try await work.printLines(job, [line])
            #expect(try await work.client.get("/jobs/\(job)/console_logs/").json == [.string(line)])
            try await work.printLines(job, [line, line])
            let reply = try await work.client.get("/jobs/\(job)/console_logs/")
            #expect(reply.status == 413, "\(reply.text.prefix(200))")
            #expect(reply["detail"].stringValue?.contains("tail_console_logs") == true)
        }
    }
}
