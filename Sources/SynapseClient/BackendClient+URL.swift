#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import Logging

extension BackendClient {
    /// Creates a client.
    ///
    /// What is `nil` is taken from the environment.
    ///
    /// - Parameters:
    ///   - baseURL: Where the backend is. A path is kept.
    ///   - accessToken: The access token, or `SYNAPSE_ACCESS_TOKEN`.
    ///   - authorizationToken: The token of a user. The older form.
    ///   - tenant: The code of the tenant, or `SYNAPSE_TENANT`.
    ///   - agentToken: The token of an agent, or `SYNAPSE_AGENT_TOKEN`.
    ///   - urlHost: Asks the server to build its links with this host.
    ///   - timeout: How long to wait for what.
    ///   - logger: Where the client logs.
    /// - Throws: ``ClientError`` coded `invalidConfiguration` when the URL is not one of `http` or `https`.
    public init(
        baseURL: URL, accessToken: String? = nil, authorizationToken: String? = nil, tenant: String? = nil,
        agentToken: String? = nil, urlHost: String? = nil,
        timeout: Timeouts = Timeouts(connect: .seconds(5), read: .seconds(15)),
        logger: Logger = Logger(label: "synapse.client")
    ) throws(ClientError) {
        try self.init(
            baseURL: baseURL.absoluteString, accessToken: accessToken, authorizationToken: authorizationToken,
            tenant: tenant, agentToken: agentToken, urlHost: urlHost, timeout: timeout, logger: logger
        )
    }
}
