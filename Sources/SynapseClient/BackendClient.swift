public import Logging

/// The client of the Synapse backend: typed, asynchronous, and safe to repeat.
///
/// Operations come in groups, one extension each, under the documented names in camel case: `get_project` is
/// ``getProject(_:)``. A client is a value that shares its connections with its copies. Use
/// ``withBackendClient(_:logger:_:)`` where you can; call ``shutdown()`` where you can't.
///
/// ```swift
/// try await withBackendClient(.fromEnvironment()) { client in
///     let project = try await client.getProject(123)
///     print(project.title ?? "untitled")
/// }
/// ```
///
/// Operations throw ``ClientError`` or `CancellationError`.
public struct BackendClient: Sendable {
    /// The settings of a client.
    public typealias Configuration = ClientConfiguration
    /// How long to wait for what.
    public typealias Timeouts = ClientConfiguration.Timeouts

    /// The settings with which the client was made.
    public let configuration: Configuration
    package let pipeline: RequestPipeline
    package let clock: ClientClock
    package let logger: Logger
    /// The random part of a wait.
    package let jitter: @Sendable (Duration) -> Duration
    /// Where uploads that are under way are remembered.
    package let checkpoints: (any CheckpointStore)?
    private let transport: any ClientTransport

    /// Creates a client.
    ///
    /// What is `nil` is taken from the environment.
    ///
    /// - Parameters:
    ///   - baseURL: Where the backend is, for example `https://api.synapse.sh`. A path is kept.
    ///   - accessToken: The access token, or `SYNAPSE_ACCESS_TOKEN`.
    ///   - authorizationToken: The token of a user. The older form.
    ///   - tenant: The code of the tenant, or `SYNAPSE_TENANT`.
    ///   - agentToken: The token of an agent, or `SYNAPSE_AGENT_TOKEN`.
    ///   - urlHost: Asks the server to build its links with this host.
    ///   - timeout: How long to wait for what: 5 s to connect and 15 s for an answer unless given.
    ///   - logger: Where the client logs; requests at `debug`, without secrets.
    /// - Throws: ``ClientError`` coded `invalidConfiguration` when the base URL is none.
    public init(
        baseURL: String, accessToken: String? = nil, authorizationToken: String? = nil, tenant: String? = nil,
        agentToken: String? = nil, urlHost: String? = nil,
        timeout: Timeouts = Timeouts(connect: .seconds(5), read: .seconds(15)),
        logger: Logger = Logger(label: "synapse.client")
    ) throws(ClientError) {
        let credentials = Configuration.Credentials(
            accessToken: accessToken.map { Secret($0) }, authorizationToken: authorizationToken.map { Secret($0) },
            tenant: tenant, agentToken: agentToken.map { Secret($0) }
        )
        let configuration = Configuration(
            baseURL: baseURL, credentials: credentials, timeouts: timeout, urlHost: urlHost
        )
        try self.init(configuration: configuration.filled(), logger: logger)
    }

    /// Creates a client from a configuration, which is taken as it is: the environment is not read.
    ///
    /// - Parameters:
    ///   - configuration: The settings.
    ///   - logger: Where the client logs.
    /// - Throws: ``ClientError`` coded `invalidConfiguration` when the base URL is none.
    public init(
        configuration: Configuration, logger: Logger = Logger(label: "synapse.client")
    ) throws(ClientError) {
        // Checked first: a transport that exists has to be shut down.
        _ = try configuration.baseAddress()
        let transport = AsyncHTTPClientTransport(
            connectTimeout: configuration.timeouts.connect, readTimeout: configuration.timeouts.read,
            streamTimeout: configuration.timeouts.tail, connectionLimit: configuration.limits.connections
        )
        try self.init(configuration: configuration, transport: transport, clock: .continuous, logger: logger)
    }

    /// Creates a client over a transport of your own, to test a program without a network.
    ///
    /// - Parameters:
    ///   - configuration: The settings.
    ///   - transport: What sends the requests. The client shuts it down.
    ///   - logger: Where the client logs.
    /// - Throws: ``ClientError`` coded `invalidConfiguration` when the base URL is none.
    public init(
        configuration: Configuration, transport: any ClientTransport, logger: Logger = Logger(label: "synapse.client")
    ) throws(ClientError) {
        try self.init(configuration: configuration, transport: transport, clock: .continuous, logger: logger)
    }

    package init(
        configuration: Configuration, transport: any ClientTransport, clock: ClientClock,
        logger: Logger = Logger(label: "synapse.client"),
        jitter: @escaping @Sendable (Duration) -> Duration = RetryPause.fullJitter
    ) throws(ClientError) {
        self.configuration = configuration
        self.transport = transport
        self.clock = clock
        self.logger = logger
        self.jitter = jitter
        checkpoints = configuration.checkpoints.makeStore()
        pipeline = try RequestPipeline(
            configuration: configuration, transport: transport, clock: clock, logger: logger, jitter: jitter
        )
    }

    /// Closes the connections.
    ///
    /// Calls that are still running end with an error; a second call does nothing.
    public func shutdown() async {
        await transport.shutdown()
    }
}

/// Makes a client, hands it to `body`, and shuts it down on every exit: result, error or cancellation.
///
/// - Parameters:
///   - configuration: The settings.
///   - logger: Where the client logs.
///   - body: What to do with the client.
/// - Returns: What `body` returns.
/// - Throws: ``ClientError`` coded `invalidConfiguration`, or what `body` throws.
public func withBackendClient<Result>(
    _ configuration: ClientConfiguration, logger: Logger = Logger(label: "synapse.client"),
    _ body: (BackendClient) async throws -> Result
) async throws -> Result {
    let client = try BackendClient(configuration: configuration, logger: logger)
    do {
        let result = try await body(client)
        await client.shutdown()
        return result
    } catch {
        await client.shutdown()
        throw error
    }
}
