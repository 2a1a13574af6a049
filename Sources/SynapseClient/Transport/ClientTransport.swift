public import HTTPTypes

/// Sends one request and answers with its response.
///
/// The seam below which the HTTP library lives.
///
/// A transport makes exactly one attempt: it neither repeats nor redirects, and adds no credentials. Give
/// ``BackendClient`` one of your own to test without a network.
public protocol ClientTransport: Sendable {
    /// Sends a request.
    ///
    /// - Parameter request: What to send and how long it may take.
    /// - Returns: The head of the answer, and its body to pull from.
    /// - Throws: ``TransportError``, or `CancellationError` when the task was cancelled.
    func send(_ request: TransportRequest) async throws -> TransportResponse

    /// Closes all connections. No request is sent afterwards.
    func shutdown() async
}

/// One attempt of a request.
public struct TransportRequest: Sendable {
    /// Method, address and header fields, as they go out.
    public var head: HTTPRequest
    /// The body, or `nil`.
    public var body: HTTPBody?
    /// When the attempt must have its answer's head.
    public var deadline: ContinuousClock.Instant
    /// How long the server may take no byte of the body.
    public var stallTimeout: Duration
    /// How long the server may be silent, when it is not the usual time: a stream has pauses.
    public var readTimeout: Duration?

    /// Creates an attempt.
    ///
    /// - Parameters:
    ///   - head: Method, address and header fields.
    ///   - body: The body, or `nil`.
    ///   - deadline: When the answer's head must be there.
    ///   - stallTimeout: How long the server may take no byte of the body.
    ///   - readTimeout: How long the server may be silent; `nil` takes the usual time.
    public init(
        head: HTTPRequest, body: HTTPBody? = nil, deadline: ContinuousClock.Instant,
        stallTimeout: Duration = .seconds(30), readTimeout: Duration? = nil
    ) {
        self.head = head
        self.body = body
        self.deadline = deadline
        self.stallTimeout = stallTimeout
        self.readTimeout = readTimeout
    }
}

/// The answer to one attempt.
public struct TransportResponse: Sendable {
    /// The HTTP status.
    public var status: Int
    /// The header fields.
    public var headerFields: HTTPFields
    /// The body, to be pulled once.
    public var body: ResponseBody

    /// Creates an answer.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - headerFields: The header fields.
    ///   - body: The body.
    public init(status: Int, headerFields: HTTPFields = [:], body: ResponseBody = ResponseBody([])) {
        self.status = status
        self.headerFields = headerFields
        self.body = body
    }
}

/// The body of an answer: pieces to pull, in order, once.
public struct ResponseBody: Sendable {
    private let makeNext: @Sendable () -> (() async throws -> [UInt8]?)

    /// Creates a body from pieces in memory; for tests.
    ///
    /// - Parameter pieces: The pieces.
    public init(_ pieces: [[UInt8]]) {
        makeNext = {
            var iterator = pieces.makeIterator()
            return { iterator.next() }
        }
    }

    /// Creates a body that is pulled.
    ///
    /// - Parameter makeNext: Begins the pass and answers with a function that returns piece after piece, then `nil`.
    public init(makeNext: @escaping @Sendable () -> (() async throws -> [UInt8]?)) {
        self.makeNext = makeNext
    }

    /// Hands each piece to `consume`, in order.
    ///
    /// - Parameter consume: Takes a piece; when it throws, the pass ends.
    /// - Throws: ``TransportError``, `CancellationError`, or what `consume` throws.
    public func forEach(_ consume: ([UInt8]) async throws -> Void) async throws {
        let next = makeNext()
        while let piece = try await next() { try await consume(piece) }
    }

    /// Begins the pass over the body: each call answers with the next piece, then with `nil`.
    package func makeReader() -> (() async throws -> [UInt8]?) { makeNext() }

    /// Collects the body.
    ///
    /// - Parameter limit: Bytes to take at most.
    /// - Returns: The bytes, and whether they are all that came: there were not more than `limit`.
    /// - Throws: ``TransportError`` or `CancellationError`.
    public func collect(upTo limit: Int) async throws -> (bytes: [UInt8], isComplete: Bool) {
        try await collect(upTo: limit) {}
    }

    /// Collects the body; `check` may end the pass at each piece.
    package func collect(upTo limit: Int, _ check: () throws -> Void) async throws -> (bytes: [UInt8], isComplete: Bool)
    {
        let next = makeNext()
        var bytes: [UInt8] = []
        while let piece = try await next() {
            try check()
            // The usual answer is one piece: it is taken as it is.
            if bytes.isEmpty && piece.count <= limit {
                bytes = piece
                continue
            }
            if bytes.count + piece.count > limit {
                bytes.append(contentsOf: piece.prefix(limit - bytes.count))
                return (bytes, false)
            }
            bytes.append(contentsOf: piece)
        }
        return (bytes, true)
    }
}
