import HTTPTypes
import SynapseClient
import SynapseModels
import Testing

/// Statuses, redirects, lost answers and odd bodies: what the platform's own client was answered, and what this client
/// makes of the same answers.
///
/// The recorded requests are sent as they were recorded. Each difference is wanted and has its reason in
/// docs/recordings.md.
@Suite(.timeLimit(.minutes(1)))
struct TransportRecordingTests {
    struct Outcome: Sendable, CustomTestStringConvertible {
        var id: Int
        /// How the call ends; `nil` is success.
        var code: ClientError.Code?
        /// How often the request is sent, redirects included.
        var sent = 1
        /// Where the server found fault, as the error names it.
        var fields: [String] = []
        /// Words of the error's line.
        var says: [String] = []
        /// Whether the other client does something else.
        var isDifferent = false

        var testDescription: String { "recording \(id)" }
    }

    static let outcomes: [Outcome] = [
        Outcome(id: 76, code: .serverError, says: ["x"]),
        Outcome(id: 77, code: .rateLimited, sent: 4, says: ["try again later"], isDifferent: true),
        Outcome(id: 78, code: .payloadTooLarge, says: ["chunks"]),
        Outcome(id: 79, code: .requestRejected, says: ["408"]),
        Outcome(id: 80, code: .conflict),
        Outcome(id: 81, code: .requestRejected, says: ["418"]),
        Outcome(
            id: 82, code: .serviceUnavailable, sent: 4, fields: ["error_type", "message"], says: ["no gpu"],
            isDifferent: true),
        Outcome(id: 83, code: .outcomeUnknown, says: ["bad gw", "look before repeating"], isDifferent: true),
        Outcome(id: 84, code: .outcomeUnknown, says: ["look before repeating"], isDifferent: true),
        Outcome(id: 85, code: .rateLimited, sent: 4, says: ["1 s", "slow"]),
        Outcome(id: 86, code: .outcomeUnknown, says: ["look before repeating"]),
        Outcome(id: 87, code: .connectionLost, sent: 4),
        Outcome(id: 88, code: .connectionLost, sent: 4),
        Outcome(id: 89, code: .readTimeout, sent: 4, says: ["silent"]),
        Outcome(id: 90, code: .outcomeUnknown, says: ["silent", "look before repeating"]),
        Outcome(id: 92, code: .redirectRefused, says: ["http://storage"], isDifferent: true),
        Outcome(id: 93, code: .redirectRefused, says: ["write into a read"], isDifferent: true),
        Outcome(id: 94, sent: 2),
        Outcome(id: 95, code: .redirectRefused, says: ["write into a read"], isDifferent: true),
        Outcome(id: 96, code: .validationFailed, says: ["Not found."]),
        Outcome(id: 97, code: .validationFailed, fields: ["name", ""], says: ["name: This field is required."]),
        Outcome(id: 98, code: .validationFailed, fields: ["body.threshold"], says: ["threshold: bad"]),
        Outcome(id: 99, code: .validationFailed, fields: [""], says: ["first message", "second"], isDifferent: true),
        Outcome(id: 100, code: .validationFailed, fields: [""], says: ["a", "b"], isDifferent: true),
        Outcome(
            id: 101, code: .validationFailed, fields: ["[0].name"], says: ["[0].name: This field is required."],
            isDifferent: true),
        Outcome(id: 102, code: .notSignedIn, says: ["Invalid token."]),
        Outcome(id: 103, code: .notAllowed, says: ["HTML page"]),
        Outcome(id: 104, code: .notFound),
        Outcome(id: 105, code: .invalidJSON, isDifferent: true),
        Outcome(id: 106),
        Outcome(id: 107, code: .truncatedResponse, sent: 4, isDifferent: true),
        Outcome(id: 108, code: .outcomeUnknown, says: ["look before repeating"]),
        Outcome(id: 109, code: .redirectRefused, says: ["304"], isDifferent: true),
    ]

    @Test(arguments: outcomes)
    func `Each recorded answer has its outcome`(outcome: Outcome) async throws {
        let recording = try Recording.load(outcome.id, from: "recordings-transport.json")
        let transport = Self.transport(recording)
        let client = try makeClient(credentials: Self.credentials(recording), transport: transport)
        let error = await failure { try await Self.send(recording, with: client) }
        #expect(error?.code == outcome.code, "\(String(describing: error))")
        for words in outcome.says {
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        }
        #expect(error?.context.fieldErrors.map(\.path).filter { !outcome.fields.contains($0) } ?? [] == [])
        for path in outcome.fields {
            #expect(error?.context.fieldErrors.contains { $0.path == path } == true, "\(String(describing: error))")
        }
        Self.check(transport.requests, recording, outcome)
    }

    @Test
    func `A write to a closed port is tried again, for it was not sent`() async throws {
        let recording = try Recording.load(91, from: "recordings-transport.json")
        let transport = ScriptedTransport { _ in throw TransportError(.refused, mayHaveArrived: false) }
        let client = try makeClient(transport: transport)
        let error = await failure { _ = try await client.createTasks(project: 1, dataUnits: [2]) }
        #expect(error?.code == .connectionRefused)
        #expect(error?.message.contains("nothing listens at") == true)
        #expect(transport.requests.count == 4)
        #expect(recording.requests.isEmpty)
    }

    /// Sends what was recorded and reads the answer as JSON, unless the answer has nothing to read by its status.
    static func send(_ recording: Recording, with client: BackendClient) async throws {
        let recorded = try #require(recording.requests.first)
        let method = try #require(HTTPRequest.Method(recorded["method"]?.stringValue ?? ""))
        let path = try #require(recorded["path"]?.stringValue?.dropFirst())
        let request = ClientRequest(
            "recorded", method, .path(String(path)), body: recorded["json"].map { HTTPBody(json: RawJSON($0)) })
        if recording.responses.last?["status"]?.integerValue == 204 {
            _ = try await client.pipeline.send(request)
        } else {
            let _: RawJSON = try await client.value(request)
        }
    }

    /// Gives the recorded answers with their headers and bodies; the last one stays.
    static func transport(_ recording: Recording) -> ScriptedTransport {
        ScriptedTransport { sent in
            let response = recording.responses[min(sent.index, recording.responses.count - 1)]
            guard let status = response["status"]?.integerValue else {
                let kind: TransportError.Kind = response["stalled"] == nil ? .connectionLost : .readTimeout
                throw TransportError(kind, mayHaveArrived: true)
            }
            var headers: [String: String] = [:]
            for member in response["headers"]?.objectValue ?? [:] { headers[member.key] = member.value.stringValue }
            if let type = response["content_type"]?.stringValue { headers["Content-Type"] = type }
            let text = response["json"]?.description ?? response["body"]?["text"]?.stringValue ?? ""
            if let announced = headers["Content-Length"].flatMap(Int.init), announced > text.utf8.count {
                throw TransportError(.truncated, mayHaveArrived: true)
            }
            return .json(text, status: Int(status), headers: headers)
        }
    }

    static func credentials(_ recording: Recording) -> ClientConfiguration.Credentials {
        var credentials = ClientConfiguration.Credentials(accessToken: "tok")
        let headers = recording.requests.first?["headers"]
        if headers?["Authorization"] != nil { credentials.authorizationToken = "usr" }
        if headers?["Synapse-Tenant"] != nil { credentials.tenant = "acme" }
        if headers?["SYNAPSE-Agent"] != nil { credentials.agentToken = "agt" }
        return credentials
    }

    /// The recorded calls that returned; all others raised.
    static let returned: Set = [83, 92, 93, 94, 95, 105, 106, 109]

    /// Requests are the recorded ones; a difference is a fact, not a label.
    static func check(_ sent: [ScriptedTransport.Sent], _ recording: Recording, _ outcome: Outcome) {
        #expect(sent.count == outcome.sent)
        var expected = recording
        expected.requests = sent.indices.map { recording.requests[min($0, recording.requests.count - 1)] }
        expected.check(sent)
        let isSameCount = sent.count == recording.requests.count
        let isSameEnd = !returned.contains(outcome.id) == (outcome.code != nil)
        if !outcome.isDifferent { #expect(isSameCount && isSameEnd) }
        // Of 82, 99, 100 and 101 count and end are the same: what differs is what the error tells.
        if outcome.isDifferent, ![82, 99, 100, 101].contains(outcome.id) { #expect(!isSameCount || !isSameEnd) }
    }
}
