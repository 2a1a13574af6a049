/// The settings of a client.
///
/// Every value has a default. An argument wins over the environment; reading a profile file is left to the program.
public struct ClientConfiguration: Sendable {
    /// Where the backend is, for example `https://api.synapse.sh` or `http://127.0.0.1:8000/api`.
    ///
    /// A path is kept.
    public var baseURL: String
    /// Who is calling.
    public var credentials: Credentials
    /// How long to wait for what.
    public var timeouts: Timeouts
    /// When and how often to repeat.
    public var retry: RetryPolicy
    /// How much at once.
    public var limits: Limits
    /// Value of the query item `url_host`, which asks the server to build its links with that host.
    public var urlHost: String?
    /// Which files are not sent, whatever the upload.
    public var contentGuard = ContentGuard()
    /// Where uploads that are under way are remembered.
    public var checkpoints = UploadCheckpoints.stateFolder

    /// Creates a configuration.
    ///
    /// - Parameters:
    ///   - baseURL: Where the backend is.
    ///   - credentials: Who is calling.
    ///   - timeouts: How long to wait for what.
    ///   - retry: When and how often to repeat.
    ///   - limits: How much at once.
    ///   - urlHost: Value of the query item `url_host`.
    public init(
        baseURL: String, credentials: Credentials = Credentials(), timeouts: Timeouts = Timeouts(),
        retry: RetryPolicy = RetryPolicy(), limits: Limits = Limits(), urlHost: String? = nil
    ) {
        self.baseURL = baseURL
        self.credentials = credentials
        self.timeouts = timeouts
        self.retry = retry
        self.limits = limits
        self.urlHost = urlHost
    }
}

extension ClientConfiguration {
    /// The four credentials of the wire.
    ///
    /// Each one that is set is sent, and only to the origin of the base URL.
    public struct Credentials: Sendable {
        /// Sent as `Synapse-Access-Token`.
        public var accessToken: Secret?
        /// The token of a user, sent as `Authorization`.
        ///
        /// The older form.
        public var authorizationToken: Secret?
        /// The code of the tenant, sent as `Synapse-Tenant`.
        public var tenant: String?
        /// The token of an agent, sent as `SYNAPSE-Agent`.
        public var agentToken: Secret?

        /// Creates credentials; all may be absent.
        ///
        /// - Parameters:
        ///   - accessToken: The access token.
        ///   - authorizationToken: The token of a user.
        ///   - tenant: The code of the tenant.
        ///   - agentToken: The token of an agent.
        public init(
            accessToken: Secret? = nil, authorizationToken: Secret? = nil, tenant: String? = nil,
            agentToken: Secret? = nil
        ) {
            self.accessToken = accessToken
            self.authorizationToken = authorizationToken
            self.tenant = tenant
            self.agentToken = agentToken
        }
    }

    /// How long to wait for what.
    public struct Timeouts: Sendable, Hashable {
        /// Until there is a connection.
        public var connect: Duration
        /// Silence of the server, before and inside an answer.
        public var read: Duration
        /// Silence of the server while a body is sent.
        public var stall: Duration
        /// A whole call, its repeats and waits included; an answer that stops in its middle may end it ``read`` later.
        public var call: Duration
        /// A whole transfer of one file or one chunk.
        public var transfer: Duration
        /// Silence of the server while a console log is followed; then the connection is made anew.
        public var tail: Duration

        /// Creates time limits.
        ///
        /// - Parameters:
        ///   - connect: Until there is a connection.
        ///   - read: Silence of the server.
        ///   - stall: Silence of the server while a body is sent.
        ///   - call: A whole call with its repeats.
        ///   - transfer: A whole transfer of one file or one chunk.
        ///   - tail: Silence of the server while a console log is followed.
        public init(
            connect: Duration = .seconds(5), read: Duration = .seconds(15), stall: Duration = .seconds(30),
            call: Duration = .seconds(300), transfer: Duration = .seconds(3600), tail: Duration = .seconds(60)
        ) {
            self.connect = connect
            self.read = read
            self.stall = stall
            self.call = call
            self.transfer = transfer
            self.tail = tail
        }
    }

    /// When and how often to repeat.
    ///
    /// The waits are random between zero and the step ("full jitter").
    public struct RetryPolicy: Sendable, Hashable {
        /// Attempts in all; 1 means no repeat.
        public var attempts: Int
        /// The first step.
        ///
        /// It doubles with each attempt.
        public var firstStep: Duration
        /// The largest step.
        public var largestStep: Duration
        /// The longest `Retry-After` that is waited for.
        public var longestRetryAfter: Duration
        /// How long an upload in chunks that was under way puts up with failures without any progress.
        ///
        /// It is tried at least `attempts` times in it. A server that was never there is given up after `attempts`.
        public var uploadPatience: Duration

        /// Creates a policy.
        ///
        /// - Parameters:
        ///   - attempts: Attempts in all, at least 1.
        ///   - firstStep: The first step.
        ///   - largestStep: The largest step.
        ///   - longestRetryAfter: The longest `Retry-After` that is waited for.
        ///   - uploadPatience: How long an upload in chunks puts up with failures without any progress.
        public init(
            attempts: Int = 4, firstStep: Duration = .milliseconds(500), largestStep: Duration = .seconds(8),
            longestRetryAfter: Duration = .seconds(60), uploadPatience: Duration = .seconds(180)
        ) {
            self.attempts = max(1, attempts)
            self.firstStep = firstStep
            self.largestStep = largestStep
            self.longestRetryAfter = longestRetryAfter
            self.uploadPatience = uploadPatience
        }
    }

    /// How much at once.
    public struct Limits: Sendable, Hashable {
        /// Connections to one host.
        public var connections: Int
        /// Rows of a page, where the caller does not say.
        public var pageSize: Int
        /// Pages that are fetched ahead of the reader.
        public var pagesAhead: Int
        /// Bytes of one chunk.
        ///
        /// Files above it are uploaded in chunks.
        public var chunkByteCount: Int64
        /// Bytes of a JSON answer that are taken.
        public var responseByteCount: Int
        /// Bytes of memory for the buffers of all transfers of the client together.
        ///
        /// A transfer of a file or a chunk takes 2 MiB however large it is, so this bounds how many are at work at once;
        /// one always is, and others wait in turn. Files of up to 64 KiB are sent from memory and not counted.
        public var transferByteCount: Int

        /// Creates limits.
        ///
        /// - Parameters:
        ///   - connections: Connections to one host.
        ///   - pageSize: Rows of a page.
        ///   - pagesAhead: Pages fetched ahead.
        ///   - chunkByteCount: Bytes of one chunk.
        ///   - responseByteCount: Bytes of a JSON answer that are taken.
        ///   - transferByteCount: Bytes of memory for the buffers of all transfers.
        public init(
            connections: Int = 48, pageSize: Int = 100, pagesAhead: Int = 4, chunkByteCount: Int64 = 50 << 20,
            responseByteCount: Int = 64 << 20, transferByteCount: Int = 64 << 20
        ) {
            self.connections = connections
            self.pageSize = pageSize
            self.pagesAhead = pagesAhead
            self.chunkByteCount = chunkByteCount
            self.responseByteCount = responseByteCount
            self.transferByteCount = transferByteCount
        }

        /// Bytes of buffers that one transfer takes: five pieces on their way out, one that is hashed, one of the socket.
        private static let byteCountPerTransfer = 2 << 20

        package var transfers: Int { max(1, transferByteCount / Self.byteCountPerTransfer) }
    }
}
