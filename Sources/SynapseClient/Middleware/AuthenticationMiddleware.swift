import HTTPTypes
package import Logging
import Synchronization

/// Adds the credentials to requests that go to the origin of the base URL, and to no other.
///
/// Plain `http` to another machine is allowed, because self-hosted backends behind a private network use it; it is
/// logged once, as a warning, since the token can be read on the way.
package final class AuthenticationMiddleware: ClientMiddleware {
    private let credentials: ClientConfiguration.Credentials
    private let origin: WebAddress.Origin
    private let logger: Logger
    private let hasWarned = Mutex(false)

    package init(credentials: ClientConfiguration.Credentials, origin: WebAddress.Origin, logger: Logger) {
        self.credentials = credentials
        self.origin = origin
        self.logger = logger
    }

    package func intercept(_ attempt: Attempt, next: Next) async throws -> ClientResponse {
        guard attempt.request.needsCredentials else { return try await next(attempt) }
        guard attempt.address.origin == origin else {
            throw ClientError(
                .foreignHost,
                "a link of the server leads to \(attempt.address.origin), not to \(origin); it was not followed, because "
                    + "that host must not get the credentials"
            )
        }
        var attempt = attempt
        attempt.headerFields[.synapseAccessToken] = credentials.accessToken.map { "Token \($0.value)" }
        attempt.headerFields[.authorization] = credentials.authorizationToken.map { "Token \($0.value)" }
        attempt.headerFields[.synapseTenant] = credentials.tenant.map { "Token \($0)" }
        attempt.headerFields[.synapseAgent] = credentials.agentToken.map { "Token \($0.value)" }
        warnIfReadable()
        return try await next(attempt)
    }

    private func warnIfReadable() {
        guard origin.scheme == "http", !origin.isLoopback else { return }
        let isFirst = hasWarned.withLock { warned in
            defer { warned = true }
            return !warned
        }
        guard isFirst else { return }
        logger.warning("credentials are sent without encryption; use https", metadata: ["origin": "\(origin)"])
    }
}
