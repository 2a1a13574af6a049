import HTTPTypes
import SynapseClient
import SynapseModels
import SynapseTestSupport
import Testing

/// Runs, jobs, logs and serve applications against the recorded answers of the platform; see ``RecordingTests``.
@Suite(.timeLimit(.minutes(1)))
struct JobRecordingTests {
    static let job: Job.ID = "6f1f0f1e-0000-4000-8000-000000000001"

    static let calls: [RecordingTests.Call] = [
        .init(id: 38) { client in
            let run = PluginRun(action: "deployment", params: ["num_cpus": 8], agent: 1)
            return try await client.runPlugin("yolov8", run).jobID == job
        },
        .init(id: 165) { client in
            let run = PluginRun(
                action: "inference", params: ["a": 1, "input": ["x": 2], "path": "/"], agent: 1, isDebug: true)
            return try await client.runPlugin("my-plugin", run).jobID == job
        },
        .init(id: 44) { client in
            let update = JobUpdate(
                status: .running,
                progressRecord: ["record": ["steps": [:]], "current_progress": ["overall": 0]])
            let answer = try await client.updateJob(job, update)
            return answer.id == "6f1f" && answer.status == .running
        },
        .init(id: 189) { try await $0.updateJob("789", JobUpdate(status: .running)).id == "789" },
        .init(id: 46) { try await $0.listJobConsoleLogs("6f1f") == ["2026-01-15 line 1", "line 2"] },
        .init(id: 48) { client in
            let time = Timestamp(rawValue: "2026-01-15T09:00:00.000000Z")
            var second = JobLogCreate(job: "6f1f", event: "message", data: ["content": "b"], datetime: time)
            second.attach(Array("hi".utf8), mediaType: "text/plain")
            let first = JobLogCreate(job: "6f1f", event: "message", data: ["content": "a"], datetime: time)
            return try await client.createLogs([first, second]).map(\.id) == [1, 2]
        },
        .init(id: 51) { client in
            let body = ServeApplicationCreate(job: "6f1f", status: .running, data: ["name": "app"])
            return try await client.createServeApplication(body).id == 4
        },
        .init(id: 52) { client in
            let page = try await client.listServeApplications(.init(pluginCode: "sam", agent: 1))
            return page.results.first?.status == .running && page.count == 1
        },
        .init(id: 166) { client in
            // The release's plugin comes as its code here.
            let job = try await client.getJob(job)
            return job.status == .running && job.agent?.object?.name == "gpu-1" && job.pluginRelease?.id == 1
        },
        .init(id: 167) { try await $0.getJob(job).pluginRelease?.id == 5 },
        .init(id: 168) { try await $0.listJobConsoleLogs(job).count == 2 },
    ]

    @Test(arguments: calls)
    func `The same requests are sent`(call: RecordingTests.Call) async throws {
        let recording = try Recording.load(call.id, from: "recordings-jobs.json")
        let transport = recording.transport()
        // The command line of the platform has another token than its client.
        let token: Secret = (165...168).contains(call.id) ? "tokfile" : "tok"
        let client = try makeClient(credentials: .init(accessToken: token), transport: transport)
        let isRight = try await call.perform(client)
        #expect(isRight)
        recording.check(transport.requests)
    }

    @Test
    func `listJobs sends the filters that the platform knows`() async throws {
        let transport = ScriptedTransport { _ in .json(#"{"count":0,"next":null,"previous":null,"results":[]}"#) }
        let query = JobQuery(status: [.running, .pending], agent: 1, action: "train", plugin: "p", limit: 5)
        #expect(try await makeClient(transport: transport).listJobs(query).count == 0)
        #expect(
            transport.requests.first?.target == "/jobs/?status=RUNNING%2CPENDING&agent=1&action=train&plugin=p&limit=5")
    }

    @Test
    func `Console lines are read in every form`() async throws {
        for text in [#"["a","b"]"#, #"{"logs":["a","b"]}"#, #"{"results":[{"message":"a"},{"log":"b"}]}"#] {
            let transport = ScriptedTransport { _ in .json(text) }
            #expect(try await makeClient(transport: transport).listJobConsoleLogs("j") == ["a", "b"])
        }
    }

    /// What the tails of the platform gave, and what they say.
    ///
    /// Wanted differences: the text is always UTF-8 (recordings 69 and 70), ends of lines are line feeds alone
    /// (71, 72), events are read instead of handed on (67); and whether a text without an end is whole is asked.
    @Test(arguments: [
        (67, ["epoch 1", "plain line é"]), (68, ["epoch 1", "손실 0.5", "partial line", "", "last without newline"]),
        (69, ["손실 0.5"]), (70, [#"{"a":1}"#]), (71, ["a\u{0C}b", "c\u{2028}d", "e\u{85}f"]), (72, ["a", "b"]),
    ])
    func `tailJobConsoleLogs reads what the platform sends`(id: Int, lines: [String]) async throws {
        let recording = try Recording.load(id, from: "recordings-jobs.json")
        let response = try #require(recording.responses.first)
        let chunks = (response["chunks"]?.arrayValue ?? []).map { Array(($0.stringValue ?? "").utf8) }
        let transport = ScriptedTransport { sent in
            guard sent.path.hasSuffix("/tail_console_logs/") else {
                return .json(#"{"id":"6f1f","status":"SUCCEEDED"}"#)
            }
            var fields: HTTPFields = [.transferEncoding: "chunked"]
            fields[.contentType] = response["content_type"]?.stringValue
            return TransportResponse(status: 200, headerFields: fields, body: ResponseBody(chunks))
        }
        let log = try makeClient(transport: transport).tailJobConsoleLogs("6f1f")
        var received: [String] = []
        for try await line in log { received.append(line) }
        #expect(received == lines)
        #expect(log.finalJob?.status == .succeeded)
        let tails = transport.requests.filter { $0.path.hasSuffix("/tail_console_logs/") }
        // The text is asked for a second time when the job is known to have ended.
        #expect(tails.count == (id == 67 ? 1 : 2))
        recording.check([tails[0]])
    }
}
