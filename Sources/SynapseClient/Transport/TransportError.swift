/// Why an attempt brought no answer, in the words of this library.
public struct TransportError: Error, Sendable {
    /// The kinds of failure that the client tells apart.
    public enum Kind: Sendable, Hashable {
        /// Nothing listens at the address.
        case refused
        /// The host name has no address.
        case hostNotFound
        /// The network did not lead there.
        case unreachable
        /// No connection in time.
        case connectTimeout
        /// No encrypted connection.
        case tls
        /// Silence for longer than the read time-out.
        case readTimeout
        /// The server stopped taking bytes.
        case stalled
        /// The deadline of the attempt passed.
        case deadline
        /// The connection broke.
        case connectionLost
        /// The answer ended too early.
        case truncated
        /// The answer was not HTTP.
        case notHTTP
        /// The body of the request could not be read. ``TransportError/underlying`` says why.
        case requestBody
        /// The transport was shut down.
        case closed
        /// The request cannot be expressed in HTTP.
        case invalidRequest
        /// Anything else.
        case other
    }

    /// What happened.
    public var kind: Kind
    /// Whether the request may have reached the server.
    ///
    /// `false` only when that is certain.
    public var mayHaveArrived: Bool
    /// A few words of the library below; no token, no header.
    public var detail: String
    /// The error below this one.
    public var underlying: (any Error)?

    /// Creates a failure.
    ///
    /// - Parameters:
    ///   - kind: What happened.
    ///   - mayHaveArrived: Whether the request may have reached the server.
    ///   - detail: A few words for a person.
    ///   - underlying: The error below this one.
    public init(_ kind: Kind, mayHaveArrived: Bool, detail: String = "", underlying: (any Error)? = nil) {
        self.kind = kind
        self.mayHaveArrived = mayHaveArrived
        self.detail = detail
        self.underlying = underlying
    }
}
