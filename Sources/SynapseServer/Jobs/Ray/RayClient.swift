import NIOHTTP1
import SynapseModels

/// Ray's Jobs API, as Ray 2.49 answers it.
///
/// Source: the API was learned by use; docs/decisions/0014-ray.md has what it does that its documentation does not say.
struct RayClient: Sendable {
    /// The largest package that the dashboard takes, in bytes: it answers 413 to one more.
    static let longestPackageByteCount: Int64 = 100 << 20
    private static let shortAnswerByteCount = 8 << 20
    private static let logByteCount = 128 << 20

    let transport: RayTransport
    /// For requests that are answered from memory.
    var limit: Duration = .seconds(15)
    /// For requests that send or fetch megabytes.
    var longLimit: Duration = .seconds(300)

    var address: RayAddress { transport.address }

    init(address: RayAddress, connectTimeout: Duration = .seconds(5)) {
        transport = RayTransport(address: address, connectTimeout: connectTimeout)
    }

    /// The version of Ray that answers.
    func version(within limit: Duration) async throws -> String {
        let answer = try await transport.send(.GET, "/api/version", within: limit, upTo: 1 << 20)
        guard let version = try object(answer)["ray_version"]?.stringValue else { throw notRay("its version") }
        return version
    }

    /// Checks that the Jobs API answers as Ray does, by asking for a job that there is not.
    ///
    /// The version comes from another part of the dashboard, which goes on when this one does not.
    func checkJobs(within limit: Duration) async throws {
        var client = self
        client.limit = limit
        do {
            _ = try await client.job("synapse-health")
        } catch let error as RayError where error.code == .notFound {
            return
        }
    }

    /// Whether the cluster holds a package; one that it holds is kept for ten minutes at least.
    func hasPackage(_ name: String) async throws -> Bool {
        let answer = try await transport.send(.GET, "/api/packages/gcs/\(name)", within: limit, upTo: 1 << 20)
        if answer.status == 200, answer.bytes.isEmpty { return true }
        if answer.status == 404, says(answer, "does not exist") { return false }
        throw failure(answer, "a package")
    }

    func upload(_ name: String, _ body: RayTransport.Body) async throws {
        let path = "/api/packages/gcs/\(name)"
        let answer = try await transport.send(.PUT, path, body, within: longLimit, upTo: 1 << 20)
        guard answer.status == 200, answer.bytes.isEmpty else { throw failure(answer, "a package") }
    }

    func submit(_ body: JSONValue) async throws {
        let answer = try await transport.send(
            .POST, "/api/jobs/", .json(body.serialized()), within: longLimit, upTo: Self.shortAnswerByteCount)
        guard try object(answer)["submission_id"]?.stringValue != nil else { throw notRay("a submitted job") }
    }

    /// - Throws: ``RayError`` coded `not_found` when Ray knows no such job.
    func job(_ id: String) async throws -> RayJob {
        let answer = try await transport.send(
            .GET, "/api/jobs/\(id)", within: limit, upTo: Self.shortAnswerByteCount)
        guard let job = RayJob(try object(answer)) else { throw notRay("a job") }
        return job
    }

    /// - Returns: Whether there was something to stop.
    func stop(_ id: String) async throws -> Bool {
        let answer = try await transport.send(.POST, "/api/jobs/\(id)/stop", within: limit, upTo: 1 << 20)
        guard let stopped = try object(answer)["stopped"]?.boolValue else { throw notRay("a stopped job") }
        return stopped
    }

    func delete(_ id: String) async throws {
        let answer = try await transport.send(.DELETE, "/api/jobs/\(id)", within: limit, upTo: 1 << 20)
        guard try object(answer)["deleted"] != nil else { throw notRay("a deleted job") }
    }

    /// All that a job has printed so far.
    func log(_ id: String) async throws -> [UInt8] {
        let answer = try await transport.send(
            .GET, "/api/jobs/\(id)/logs", within: longLimit, upTo: Self.logByteCount)
        guard let text = try object(answer)["logs"]?.stringValue else { throw notRay("a log") }
        return Array(text.utf8)
    }

    private func object(_ answer: RayTransport.Answer) throws -> JSONValue {
        guard answer.status == 200 else { throw failure(answer, "a request") }
        guard let value = try? JSONValue(parsing: answer.bytes), value.objectValue != nil else {
            throw notRay("JSON")
        }
        return value
    }

    private func notRay(_ what: String) -> RayError {
        RayError(
            code: .notRay,
            message: "What answers at \(address) is not Ray's Jobs API: its answer was not the form of \(what).")
    }

    private func failure(_ answer: RayTransport.Answer, _ what: String) -> RayError {
        let told = lastLine(answer)
        switch answer.status {
        // The dashboard says what is missing; whatever else answers 404 is no Ray.
        case 404 where says(answer, "does not exist"):
            return RayError(code: .notFound, message: "Ray at \(address) answers: \(told)")
        case 413:
            return RayError(code: .refused, message: "Ray at \(address) refuses \(what) of this size: \(told)")
        case 400, 422:
            return RayError(code: .refused, message: "Ray at \(address) refuses \(what): \(told)")
        // The head hands on what the agent of a node answers, and says 500 whatever that was.
        case 500 where says(answer, "Request failed with status code 400"):
            return RayError(code: .refused, message: "Ray at \(address) refuses \(what): \(told)")
        case 429, 500...:
            return RayError(
                code: .failing, message: "Ray at \(address) cannot do it now, status \(answer.status): \(told)")
        default:
            return RayError(
                code: .notRay,
                message: "What answers at \(address) with status \(answer.status) is not Ray's Jobs API.")
        }
    }

    private func says(_ answer: RayTransport.Answer, _ words: String) -> Bool {
        !answer.contentType.contains("html")
            && String(decoding: answer.bytes.prefix(Self.shortAnswerByteCount), as: UTF8.self).contains(words)
    }

    /// The last line that says something: tracebacks have their error there.
    private func lastLine(_ answer: RayTransport.Answer) -> String {
        guard !answer.contentType.contains("html") else { return "a page of HTML." }
        let lines = String(decoding: answer.bytes.suffix(4096), as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let line = lines.last(where: { $0.contains(where: \.isLetter) }) else { return "nothing." }
        return String(line.prefix(400))
    }
}
