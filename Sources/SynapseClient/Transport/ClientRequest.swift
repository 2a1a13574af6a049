package import HTTPTypes

/// One logical call, as the endpoints describe it.
///
/// The pipeline makes attempts of it.
package struct ClientRequest: Sendable {
    /// Where to send it.
    package enum Target: Sendable {
        /// Below the base URL; without a leading slash, each part already percent-encoded.
        case path(String)
        /// A link that the server gave. Credentials go along only when it has the origin of the base URL.
        case link(WebAddress)
    }

    /// Whether the pipeline may repeat the request by itself.
    package enum Repeat: Sendable {
        /// As the method allows.
        case byMethod
        /// Only the caller knows; a chunk first asks for the server's offset.
        case never
    }

    /// The method of the client, for errors, metrics and traces.
    package var operation: String
    package var method: HTTPRequest.Method
    package var target: Target
    package var query: [QueryItem]
    package var headerFields: HTTPFields
    package var body: HTTPBody?
    package var repeats: Repeat
    /// One key for all attempts of the call.
    package var idempotencyKey: String?
    /// Told of each answer 429 or 503, also of those after which the pipeline repeats the request by itself.
    package var onRefusal: (@Sendable (ClientError) -> Void)?
    /// Whether a POST only asks, so that it may be repeated like a GET.
    package var isRead = false
    /// `false` for addresses of files, which are signed and need no credentials.
    package var needsCredentials: Bool
    /// Whether bytes of a file move, for which the longer time limit holds.
    package var isTransfer: Bool
    /// What of this request must not be shown: a token in its path, a password in its body.
    package var secrets: [Secret] = []
    /// Whether the answer holds secrets, so that an error keeps nothing of it.
    package var hidesAnswer = false
    /// Bytes of the answer to take at most.
    package var responseLimit: Int?
    /// Whether the body of a successful answer is handed up to be pulled, for as long as it comes: no deadline holds.
    package var isStream = false
    /// Takes the body of a successful answer piece by piece instead of having it collected.
    package var sink: (any ResponseSink)?

    package init(
        _ operation: String, _ method: HTTPRequest.Method, _ target: Target, query: [QueryItem] = [],
        body: HTTPBody? = nil
    ) {
        self.operation = operation
        self.method = method
        self.target = target
        self.query = query
        self.body = body
        headerFields = [:]
        repeats = .byMethod
        needsCredentials = true
        isTransfer = false
        idempotencyKey = [.post, .patch, .put, .delete].contains(method) ? IdempotencyKey.make() : nil
    }

    /// Whether doing it twice is the same as doing it once.
    package var isIdempotent: Bool { isRead || (method != .post && method != .patch) }
}

/// Takes the body of an answer while it comes.
package protocol ResponseSink: Sendable {
    /// Called once for each answer of success, before its body.
    func begin(status: Int, headerFields: HTTPFields) async throws
    func write(_ piece: [UInt8]) async throws
}

/// Keys by which a server recognises a write that it has already done.
package enum IdempotencyKey {
    /// 32 random hexadecimal digits.
    package static func make() -> String { MultipartForm.makeBoundary() }
}

/// One attempt on its way down the pipeline.
package struct Attempt: Sendable {
    package var request: ClientRequest
    package var address: WebAddress
    package var headerFields: HTTPFields
    package var deadline: ContinuousClock.Instant
    /// From 1.
    package var number: Int

    /// The path as errors and logs show it.
    package var shownPath: String { Redactor(request.secrets).clean(address.path) }
}

/// A collected answer on its way up.
package struct ClientResponse: Sendable {
    package var status: Int
    package var headerFields: HTTPFields
    package var body: [UInt8]
    /// The body that is still to be pulled, of a request for a stream.
    package var stream: ResponseBody?
    /// What an error that quotes the body must not show.
    package var redactor = Redactor([])

    package init(status: Int, headerFields: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headerFields = headerFields
        self.body = body
    }
}

extension HTTPField.Name {
    private static func custom(_ name: String) -> HTTPField.Name {
        HTTPField.Name(name) ?? .userAgent
    }

    package static let synapseAccessToken = custom("Synapse-Access-Token")
    package static let synapseTenant = custom("Synapse-Tenant")
    package static let synapseAgent = custom("SYNAPSE-Agent")
    package static let synapseCapabilities = custom("Synapse-Capabilities")
    package static let idempotencyKey = custom("Idempotency-Key")
    package static let requestID = custom("X-Request-ID")
    package static let contentRange = custom("Content-Range")
    package static let lastEventID = custom("Last-Event-ID")
    package static let ifRange = custom("If-Range")
}
