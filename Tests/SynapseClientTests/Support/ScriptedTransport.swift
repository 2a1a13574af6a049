import SynapseClient
import HTTPTypes
import Synchronization

/// A transport made of a closure: notes what is sent and answers at once, without a socket.
final class ScriptedTransport: ClientTransport {
    /// One attempt as it was sent.
    struct Sent: Sendable {
        /// From 0.
        var index: Int
        /// The HTTP method.
        var method: String
        /// Scheme and authority.
        var origin: String
        /// The path with its query.
        var target: String
        /// Header fields, names in lower case.
        var headers: [String: String]
        /// The body, up to 1 MiB of it.
        var body: [UInt8]

        /// The path without its query.
        var path: String { String(target.prefix { $0 != "?" }) }
        /// The text after `?`.
        var query: String { target.contains("?") ? String(target.drop { $0 != "?" }.dropFirst()) : "" }
    }

    private let sent = Mutex<[Sent]>([])
    private let closed = Mutex(false)
    let answer: @Sendable (Sent) async throws -> TransportResponse

    /// Creates a transport.
    ///
    /// - Parameter answer: Answers each attempt, or throws a `TransportError`.
    init(answer: @escaping @Sendable (Sent) async throws -> TransportResponse) {
        self.answer = answer
    }

    /// What was sent so far.
    var requests: [Sent] { sent.withLock { $0 } }
    /// Whether the client shut the transport down.
    var isClosed: Bool { closed.withLock { $0 } }

    /// Notes and answers an attempt.
    func send(_ request: TransportRequest) async throws -> TransportResponse {
        let body = try request.body?.collect(upTo: 1 << 20) ?? []
        var headers: [String: String] = [:]
        for field in request.head.headerFields { headers[field.name.canonicalName] = field.value }
        let noted = sent.withLock { sent in
            let noted = Sent(
                index: sent.count, method: request.head.method.rawValue,
                origin: "\(request.head.scheme ?? "")://\(request.head.authority ?? "")",
                target: request.head.path ?? "", headers: headers, body: body
            )
            sent.append(noted)
            return noted
        }
        return try await answer(noted)
    }

    /// Notes the end.
    func shutdown() async { closed.withLock { $0 = true } }
}

extension TransportResponse {
    /// A JSON answer.
    static func json(
        _ text: String, status: Int = 200, headers: [String: String] = [:]
    ) -> TransportResponse {
        var fields: HTTPFields = [.contentType: "application/json"]
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return TransportResponse(status: status, headerFields: fields, body: ResponseBody([Array(text.utf8)]))
    }
}
