import HTTPTypes

/// Follows the few redirects that keep a request what it is.
///
/// 307 and 308 keep method and body; 301, 302 and 303 are followed for reads. The target must have the same origin,
/// unless no credentials go along, and never falls from `https` to `http`. Everything else is an error: a write that
/// turns into a read loses its body without a word.
package struct RedirectMiddleware: ClientMiddleware {
    private let limit = 5

    package init() {}

    package func intercept(_ attempt: Attempt, next: Next) async throws -> ClientResponse {
        var attempt = attempt
        for _ in 0...limit {
            let response = try await next(attempt)
            guard (300..<400).contains(response.status) else { return response }
            guard [301, 302, 303, 307, 308].contains(response.status) else {
                throw refused("status \(response.status) leads nowhere", response, attempt)
            }
            guard let location = response.headerFields[.location] else {
                throw refused("it names no target", response, attempt)
            }
            guard let target = attempt.address.resolving(location, prefix: "") else {
                throw refused("its target is not an http address", response, attempt)
            }
            let isRead = attempt.request.method == .get || attempt.request.method == .head
            guard isRead || response.status == 307 || response.status == 308 else {
                throw refused("it would turn a write into a read; check the base URL and its scheme", response, attempt)
            }
            guard target.origin == attempt.address.origin || !attempt.request.needsCredentials else {
                throw refused("it leads to \(target.origin); check the base URL", response, attempt)
            }
            guard target.origin.scheme == "https" || attempt.address.origin.scheme == "http" else {
                throw refused("it leads from https to http", response, attempt)
            }
            attempt.address = target
        }
        throw ClientError(.redirectRefused, "the server redirected more than \(limit) times", delivery: .answered)
    }

    private func refused(_ reason: String, _ response: ClientResponse, _ attempt: Attempt) -> ClientError {
        var context = ClientError.Context()
        context.status = response.status
        return ClientError(
            .redirectRefused, "a redirect was not followed: \(reason)", delivery: .answered, context: context
        )
    }
}
