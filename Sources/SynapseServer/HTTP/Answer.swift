import HTTPTypes
import Hummingbird
import NIOCore
import SynapseModels

/// A finished JSON answer, held as bytes so that it can be sent and kept.
struct Answer: Sendable {
    var status: HTTPResponse.Status
    var bytes: [UInt8]
    /// True when it was given before under the same idempotency key.
    var isReplayed = false

    init(status: HTTPResponse.Status, bytes: [UInt8]) {
        self.status = status
        self.bytes = bytes
    }

    init(status: HTTPResponse.Status = .ok, reserving capacity: Int = 512, _ write: (inout JSONWriter) throws -> Void)
        rethrows
    {
        self.status = status
        var writer = JSONWriter(reservingCapacity: capacity)
        try write(&writer)
        bytes = writer.bytes
    }

    init(status: HTTPResponse.Status = .ok, _ value: some JSONWritable) {
        self.init(status: status) { value.write(to: &$0) }
    }

    static var noContent: Answer { Answer(status: .noContent, bytes: []) }

    var response: Response {
        var headers = HTTPFields()
        if !bytes.isEmpty { headers[.contentType] = "application/json" }
        if isReplayed { headers[.idempotentReplayed] = "true" }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

extension HTTPField.Name {
    // Names are fixed tokens: a nil here would be a misspelled constant, so the fallback is never taken.
    static let idempotencyKey = Self("Idempotency-Key") ?? .ifMatch
    static let idempotentReplayed = Self("Idempotent-Replayed") ?? .vary
    static let requestID = Self("X-Request-ID") ?? .vary
    static let capabilities = Self("Synapse-Capabilities") ?? .vary
    static let resultsEnvelope = Self("Synapse-Results-Envelope") ?? .vary
    static let accessToken = Self("Synapse-Access-Token") ?? .authorization
    static let agent = Self("SYNAPSE-Agent") ?? .vary
    static let tenant = Self("Synapse-Tenant") ?? .vary
    static let contentTypeOptions = Self("X-Content-Type-Options") ?? .vary
}

extension APIError {
    /// The error as the wire spells it.
    func answer(requestID: String?) -> Answer {
        Answer(status: status) { writer in
            switch body {
            case .detail(let text, let extra):
                writer.object { writer in
                    writer.member("detail", text)
                    for member in extra { writer.member(member.key, member.value) }
                    writer.memberIfPresent("request_id", requestID)
                }
            case .fields(let errors): errors.write(to: &writer)
            case .rows(let rows): rows.write(to: &writer)
            }
        }
    }
}

extension FieldErrors: JSONWritable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            for field in fields { writer.member(field.name, field.messages) }
        }
    }
}
