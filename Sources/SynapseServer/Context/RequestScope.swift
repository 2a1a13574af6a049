import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SynapseModels

/// One authenticated request, as a handler sees it.
struct RequestScope: Sendable {
    let request: Request
    let identity: Identity
    let query: QueryParameters
    let links: LinkMaker
    let parameters: [String]
    let services: Services

    var database: ServerDatabase { services.database }
    var limits: BackendServerConfiguration.Limits { services.configuration.limits }

    /// The number in the path; anything else there is the path of nothing.
    func identifier() throws(APIError) -> Int64 {
        guard let text = parameters.first, let id = Int64(text), id >= 0 else { throw APIError.notFound }
        return id
    }

    /// The text in the path.
    func textIdentifier() throws(APIError) -> String {
        guard let text = parameters.first, !text.isEmpty else { throw APIError.notFound }
        return text
    }

    /// What the client said that the body's length is.
    var declaredLength: Int? { request.headers[.contentLength].flatMap { Int($0) } }

    /// Reads the whole JSON body; an empty one reads as `null`.
    func readJSON() async throws -> JSONBody {
        let body = try await collect(limit: limits.jsonByteCount)
        let raw: RawJSON
        if body.readableBytes == 0 {
            raw = .null
        } else {
            do {
                raw = try RawJSON(parsing: Array(buffer: body), limits: .request)
            } catch {
                throw APIError(.badRequest, "JSON parse error - \(error.message)")
            }
        }
        var fingerprint = fingerprint()
        fingerprint.add(body)
        return JSONBody(raw: raw, fingerprint: fingerprint)
    }

    private func collect(limit: Int) async throws -> ByteBuffer {
        if let length = declaredLength, length > limit { throw APIError.tooLarge(limit: limit) }
        do {
            return try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw APIError.tooLarge(limit: limit)
        }
    }

    /// A digest that has seen the method, the path and the query.
    func fingerprint() -> RequestFingerprint {
        RequestFingerprint(request.method.rawValue, request.uri.path.trimmingSlashes(), request.uri.query ?? "")
    }

    /// The write that this request is; the fingerprint has seen the body.
    func write(_ fingerprint: RequestFingerprint) throws(APIError) -> WriteScope {
        WriteScope(
            identity: identity,
            key: try idempotencyKeyText().map { IdempotencyKey(text: $0, fingerprint: fingerprint.finalize()) },
            database: services.database,
            cache: services.cache
        )
    }

    /// A digest of the key with its caller: two who chose the same one do not mean the same write.
    func idempotencyKeyText() throws(APIError) -> String? {
        guard let text = request.headers[.idempotencyKey] else { return nil }
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw APIError(.badRequest, "Idempotency-Key must be 1 to 255 printable ASCII characters.")
        }
        return Authenticator.digest("\(identity.caller)\n\(text)")
    }
}

extension JSONLimits {
    /// What a client sends comes back inside of lists and other objects, and readers bound the depth of those.
    static let request = JSONLimits(maximumDepth: 256, maximumByteCount: .max)
}

/// A JSON body with a digest of the request that it came in.
struct JSONBody: Sendable {
    let raw: RawJSON
    let fingerprint: RequestFingerprint

    /// The body as one object; an empty body is an empty object.
    func object() throws(APIError) -> JSONRow { try Self.object(raw) }

    static func object(_ raw: RawJSON) throws(APIError) -> JSONRow {
        do {
            return try raw.isNull ? JSONRow(parsing: Array("{}".utf8)) : raw.row()
        } catch {
            throw APIError.field("non_field_errors", "Invalid data. Expected an object.")
        }
    }
}

extension String {
    func trimmingSlashes() -> String {
        var text = self[...]
        while text.hasPrefix("/") { text.removeFirst() }
        while text.hasSuffix("/") { text.removeLast() }
        return String(text)
    }
}
