extension ClientError {
    /// A machine-readable reason.
    ///
    /// Open: codes that a later version adds are kept as they are.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The stable text of the code, in snake case.
        ///
        /// It is the metric label, too.
        public let rawValue: String

        /// Creates a code from its text.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The text of the code.
        public var description: String { rawValue }

        // MARK: Before the request

        /// The base URL, an environment value or another setting cannot be used.
        public static let invalidConfiguration = Self(rawValue: "invalid_configuration")
        /// An argument cannot be sent.
        public static let invalidArgument = Self(rawValue: "invalid_argument")
        /// The client was shut down before the call.
        public static let clientClosed = Self(rawValue: "client_closed")

        // MARK: Connecting

        /// Nothing listens at the address.
        public static let connectionRefused = Self(rawValue: "connection_refused")
        /// The host name has no address.
        public static let hostNotFound = Self(rawValue: "host_not_found")
        /// The network did not lead to the server.
        public static let connectionFailed = Self(rawValue: "connection_failed")
        /// The server did not take the connection in time.
        public static let connectTimeout = Self(rawValue: "connect_timeout")
        /// No encrypted connection could be made.
        public static let tlsFailed = Self(rawValue: "tls_failed")

        // MARK: Talking

        /// The server was silent for longer than the read time-out.
        public static let readTimeout = Self(rawValue: "read_timeout")
        /// The server stopped taking the bytes of the request.
        public static let stalled = Self(rawValue: "stalled")
        /// The call took longer than its deadline.
        public static let deadlineExceeded = Self(rawValue: "deadline_exceeded")
        /// The connection broke before or inside the answer.
        public static let connectionLost = Self(rawValue: "connection_lost")
        /// The answer ended before the length that it announced.
        public static let truncatedResponse = Self(rawValue: "truncated_response")
        /// The answer was not HTTP.
        public static let protocolError = Self(rawValue: "protocol_error")
        /// A write may have been done, and its answer is lost.
        ///
        /// Look before repeating it.
        public static let outcomeUnknown = Self(rawValue: "outcome_unknown")

        // MARK: Answers of success that are none

        /// An HTML page came instead of JSON, most likely from a proxy or a login page.
        public static let htmlResponse = Self(rawValue: "html_response")
        /// The answer was empty where a body was due.
        public static let emptyResponse = Self(rawValue: "empty_response")
        /// The answer was not valid JSON.
        public static let invalidJSON = Self(rawValue: "invalid_json")
        /// The answer was JSON of another shape than expected.
        public static let unexpectedShape = Self(rawValue: "unexpected_shape")
        /// The answer was longer than this client takes.
        public static let responseTooLarge = Self(rawValue: "response_too_large")
        /// The server redirected a request that must not be redirected.
        public static let redirectRefused = Self(rawValue: "redirect_refused")

        // MARK: Answers of failure

        /// 400 or 422: the server found fault with the values.
        ///
        /// See ``Context-swift.struct/fieldErrors``.
        public static let validationFailed = Self(rawValue: "validation_failed")
        /// 401: the token is missing, wrong or expired.
        public static let notSignedIn = Self(rawValue: "not_signed_in")
        /// 403: the token does not allow this.
        public static let notAllowed = Self(rawValue: "not_allowed")
        /// 404: there is no such thing, or not for this tenant.
        public static let notFound = Self(rawValue: "not_found")
        /// 409: the request contradicts the state of the server.
        public static let conflict = Self(rawValue: "conflict")
        /// 410: it existed once.
        public static let gone = Self(rawValue: "gone")
        /// 413: the body is larger than the server takes.
        public static let payloadTooLarge = Self(rawValue: "payload_too_large")
        /// 429: too many requests.
        public static let rateLimited = Self(rawValue: "rate_limited")
        /// Any other 4xx.
        public static let requestRejected = Self(rawValue: "request_rejected")
        /// 500 and other 5xx.
        public static let serverError = Self(rawValue: "server_error")
        /// 502: a proxy got no proper answer from the server.
        public static let badGateway = Self(rawValue: "bad_gateway")
        /// 503: the server is there and cannot work now.
        public static let serviceUnavailable = Self(rawValue: "service_unavailable")
        /// 504: a proxy waited too long for the server.
        public static let gatewayTimeout = Self(rawValue: "gateway_timeout")

        // MARK: Lists

        /// A `next` link named a page that was read before.
        public static let pageRepeated = Self(rawValue: "page_repeated")
        /// A link led to another host, which must not get the credentials.
        public static let foreignHost = Self(rawValue: "foreign_host")

        // MARK: Files

        /// A local file could not be read.
        public static let fileUnreadable = Self(rawValue: "file_unreadable")
        /// A local file could not be written.
        public static let fileUnwritable = Self(rawValue: "file_unwritable")
        /// A file changed while it was being uploaded.
        public static let fileChanged = Self(rawValue: "file_changed")
        /// Digest or size of the two sides differ.
        public static let checksumMismatch = Self(rawValue: "checksum_mismatch")
        /// An upload stopped before its end.
        ///
        /// It can be started again.
        public static let uploadInterrupted = Self(rawValue: "upload_interrupted")
        /// The server has no way to take an empty file in this form.
        public static let emptyFileRejected = Self(rawValue: "empty_file_rejected")
    }
}
