import SynapseClient
import SynapseModels
import SynapseTestSupport
import Testing

/// Models, ground truth and signing in: the same requests as the platform's own client sends.
///
/// Wanted differences, everywhere: an `Idempotency-Key` on writes; `User-Agent`; compact JSON. Wanted differences of
/// single calls are named at each test.
@Suite(.timeLimit(.minutes(1)))
struct MLRecordingTests {
    private static let file = "recordings-ml.json"

    @Test
    func `createModel uploads the file in chunks, then names the upload (recording 58)`() async throws {
        // The recording server made the content up; its length and digest are those of this file.
        let content = Array("PK\u{3}\u{4}".utf8) + Array(repeating: UInt8(ascii: "m"), count: 20)
        let file = try TemporaryFile(content, name: "model.zip")
        let recording = try Recording.load(58, from: Self.file)
        let transport = recording.transport()
        let client = try makeClient(transport: transport)
        let body = ModelCreate(name: "My Model", plugin: "yolov8", version: "1.0.0", configuration: ["lr": 0.1])
        let model = try await client.createModel(body, file: file.path)
        #expect(model.id == 77 && model.name == "My Model" && model.file == "http://backend/media/m.zip")
        recording.check(transport.requests)
    }

    @Test
    func `createModel sends no request for a file that is not there (recording 59)`() async throws {
        // Wanted difference to recording 59: `project` is a field here, and sent.
        let recording = try Recording.load(59, from: Self.file)
        let transport = recording.transport()
        let client = try makeClient(transport: transport)
        let error = await failure {
            _ = try await client.createModel(
                ModelCreate(name: "My Model", project: 123), file: "/nonexistent/model.zip")
        }
        #expect(error?.code == .fileUnreadable)
        recording.check(transport.requests)
    }

    @Test
    func `getModel and downloadModel send the same requests (recording 117)`() async throws {
        let recording = try Recording.load(117, from: Self.file)
        let transport = ScriptedTransport { sent in
            sent.index == 0
                ? .json(recording.responses[0]["json"]?.description ?? "")
                : .json("FILE:/m/model.zip")
        }
        let client = try makeClient(transport: transport)
        let model = try await client.getModel(1)
        #expect(model.name == "m" && model.category == "base" && model.file == "http://storage/m/model.zip?sig=3")
        let folder = try TemporaryFile([])
        let fetched = try await client.downloadModel(model, to: folder.path)
        #expect(fetched.byteCount == 17)
        recording.check(transport.requests)
        // The signed address gets no credentials.
        #expect(transport.requests[1].headers["synapse-access-token"] == nil)
    }

    @Test
    func `getModel without a file is a model; downloadModel says what is missing (recording 118)`() async throws {
        // Wanted difference to recording 118: the platform's own client fails with a TypeError.
        let recording = try Recording.load(118, from: Self.file)
        let transport = recording.transport()
        let client = try makeClient(transport: transport)
        let model = try await client.getModel(2)
        #expect(model.id == 2 && model.file == nil)
        let error = await failure { _ = try await client.downloadModel(model, to: "/nonexistent/x") }
        #expect(error?.code == .invalidArgument && error?.message.contains("model 2") == true)
        recording.check(transport.requests)
    }

    @Test
    func `downloadModel follows a relative address (recording 119)`() async throws {
        // Wanted difference to recording 119: the platform's own client fails with MissingSchema.
        let recording = try Recording.load(119, from: Self.file)
        let transport = ScriptedTransport { sent in
            sent.index == 0 ? .json(recording.responses[0]["json"]?.description ?? "") : .json("abc")
        }
        let client = try makeClient(transport: transport)
        let folder = try TemporaryFile([])
        let fetched = try await client.downloadModel(3, to: folder.path)
        #expect(fetched.byteCount == 3)
        #expect(
            transport.requests.map { $0.origin + $0.target } == [
                "http://backend/models/3/", "http://backend/media/model.zip",
            ])
    }

    @Test
    func `listAllGroundTruthEvents sends the same request (recording 116)`() async throws {
        let recording = try Recording.load(116, from: Self.file)
        let transport = recording.transport()
        let client = try makeClient(transport: transport)
        let events = client.listAllGroundTruthEvents(GroundTruthEventQuery(groundTruthDatasetVersions: [123]))
        var seen: [GroundTruthEvent] = []
        for try await event in events { seen.append(event) }
        #expect(seen.map(\.id) == [1] && seen.first?.category == .train)
        #expect(seen.first?.files?["image_1"]?.url == "http://storage/m/a.jpg?sig=9")
        #expect(seen.first?.data?.value == ["images": []])
        recording.check(transport.requests)
    }

    @Test
    func `listGroundTruthEvents maps the addresses of its files`() async throws {
        let recording = try Recording.load(116, from: Self.file)
        let client = try makeClient(transport: recording.transport())
        let page = try await client.listGroundTruthEvents(
            GroundTruthEventQuery(groundTruthDatasetVersions: [123]),
            urlConversion: .map { $0.hasPrefix("http://storage/") ? "file:///mirror" : $0 })
        #expect(page.results.first?.files?["image_1"]?.url == "file:///mirror")
    }

    @Test
    func `login sends address and password and no credentials (recording 175)`() async throws {
        // Wanted difference to recording 175: the tenant is not sent; a password belongs to no tenant.
        let recording = try Recording.load(175, from: Self.file)
        let transport = recording.transport()
        let client = try makeClient(
            credentials: .init(accessToken: "tok", authorizationToken: "old", tenant: "acme"), transport: transport)
        let token = try await client.login(email: "a@b.c", password: "p")
        #expect(token == Secret("drf-token") && "\(token)" == "<redacted>")
        let sent = try #require(transport.requests.first)
        #expect(transport.requests.count == 1 && sent.target == "/users/login/")
        #expect(try JSONValue(parsing: sent.body) == recording.requests[0]["json"])
        for name in ["synapse-access-token", "authorization", "synapse-tenant"] { #expect(sent.headers[name] == nil) }
    }

    @Test
    func `createToken shows the token once and keeps it out of descriptions (recording 176)`() async throws {
        // Wanted difference to recording 176: the path is that of version 1, whose answer has no envelope.
        let recording = try Recording.load(176, from: Self.file)
        let answer = try #require(recording.responses[0]["json"]?["data"])
        let transport = ScriptedTransport { _ in .json(answer.description, status: 201) }
        let client = try makeClient(transport: transport)
        let created = try await client.createToken(description: "sdk")
        #expect(created.withToken { $0 } == "syn_new" && created.details.id == 1)
        #expect(!String(reflecting: created).contains("syn_new"))
        // The row as received would hold the token.
        #expect(
            created.details.row == nil
                && !String(decoding: created.details.jsonBytes(), as: UTF8.self).contains("syn_new"))
        #expect(try JSONValue(parsing: transport.requests[0].body) == recording.requests[0]["json"])
    }

    @Test
    func `A wrong password is no reason to try again, too many attempts are`() async throws {
        let refused = ScriptedTransport { _ in .json(#"{"detail":"Unable to log in."}"#, status: 401) }
        let client = try makeClient(transport: refused)
        let error = await failure { _ = try await client.login(email: "a@b.c", password: "secret-password") }
        #expect(error?.code == .notSignedIn && refused.requests.count == 1)
        #expect("\(error as Any)".contains("secret-password") == false)
        let throttled = ScriptedTransport { sent in
            sent.index == 0 ? .json(#"{"detail":"Too many attempts."}"#, status: 429) : .json(#"{"token":"t"}"#)
        }
        let patient = try makeClient(transport: throttled)
        #expect(try await patient.login(email: "a@b.c", password: "p") == Secret("t"))
        #expect(throttled.requests.count == 2)
    }
}
