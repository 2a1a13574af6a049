import HTTPTypes
package import Logging

/// Repeats an attempt where that is safe: see ``RetryDecision``.
package struct RetryMiddleware: ClientMiddleware {
    private let policy: ClientConfiguration.RetryPolicy
    private let clock: ClientClock
    private let capabilities: OriginCapabilities
    private let logger: Logger
    /// A random part of a step; a test gives the whole.
    private let jitter: @Sendable (Duration) -> Duration

    package init(
        policy: ClientConfiguration.RetryPolicy, clock: ClientClock, capabilities: OriginCapabilities, logger: Logger,
        jitter: @escaping @Sendable (Duration) -> Duration
    ) {
        self.policy = policy
        self.clock = clock
        self.capabilities = capabilities
        self.logger = logger
        self.jitter = jitter
    }

    private static let longPause: Duration = .seconds(5)

    package func intercept(_ attempt: Attempt, next: Next) async throws -> ClientResponse {
        var attempt = attempt
        if let key = attempt.request.idempotencyKey { attempt.headerFields[.idempotencyKey] = key }
        while true {
            do {
                return try await next(attempt)
            } catch let error as ClientError {
                if error.delivery == .answered, [429, 503].contains(error.context.status) {
                    attempt.request.onRefusal?(error)
                }
                try await waitOrThrow(error, attempt)
                attempt.number += 1
            }
        }
    }

    private func waitOrThrow(_ error: ClientError, _ attempt: Attempt) async throws {
        let decision = RetryDecision(
            error, request: attempt.request, honoursKeys: capabilities.honoursKeys(attempt.address.origin)
        )
        var error = error
        error.context.attempts = attempt.number
        switch decision {
        case .fail: throw error
        case .failUnknown: throw error.asOutcomeUnknown()
        case .retry: break
        }
        guard attempt.number < policy.attempts else {
            throw error.delivery == .unknown && !attempt.request.isIdempotent ? error.asOutcomeUnknown() : error
        }
        let pause = RetryPause.pause(afterAttempt: attempt.number, error: error, policy: policy, jitter: jitter)
        guard clock.now().advanced(by: pause) < attempt.deadline else { throw error }
        // Whoever watches a program that seems to hang wants to know why.
        logger.log(
            level: pause >= Self.longPause ? .notice : .debug, "repeating a request",
            metadata: [
                "operation": "\(attempt.request.operation)", "code": "\(error.code)", "attempt": "\(attempt.number)",
                "pause": "\(pause)",
            ]
        )
        try await clock.sleep(pause)
    }
}

/// How long to wait before the next attempt.
package enum RetryPause {
    /// A random part of the step, so that clients that failed together do not come back together.
    package static let fullJitter: @Sendable (Duration) -> Duration = { $0 * Double.random(in: 0...1) }

    /// Full jitter below a doubling step; what the server asked for wins, up to the longest that is waited for.
    package static func pause(
        afterAttempt number: Int, error: ClientError, policy: ClientConfiguration.RetryPolicy,
        jitter: (Duration) -> Duration
    ) -> Duration {
        if let asked = error.context.retryAfter { return min(max(asked, .zero), policy.longestRetryAfter) }
        let step = min(policy.firstStep * (1 << min(number - 1, 20)), policy.largestStep)
        return jitter(step)
    }
}

/// Whether a failed attempt may be repeated.
///
/// Pure.
package enum RetryDecision: Sendable, Hashable {
    case retry
    case fail
    /// It may have been done, and nobody can tell.
    case failUnknown

    /// Decides; `honoursKeys` says whether this origin recognises idempotency keys.
    package init(_ error: ClientError, request: ClientRequest, honoursKeys: Bool) {
        let mayRepeatWrites = request.isIdempotent || (honoursKeys && request.idempotencyKey != nil)
        let isAllowed = request.repeats == .byMethod
        switch error.delivery {
        case .local:
            self = .fail
        case .notSent:
            // A certificate that is wrong stays wrong; a name may be found at the second try.
            self = isAllowed && error.code != .tlsFailed && error.code != .clientClosed ? .retry : .fail
        case .unknown:
            if mayRepeatWrites {
                self = isAllowed && error.code != .deadlineExceeded ? .retry : .fail
            } else {
                self = .failUnknown
            }
        case .answered:
            switch error.context.status {
            // 429 says that nothing was done.
            case 429: self = isAllowed ? .retry : .fail
            // A proxy answers 502 to 504 also after the server did the work; a Retry-After does not prove the contrary.
            case 502, 503, 504: self = !isAllowed ? .fail : mayRepeatWrites ? .retry : .failUnknown
            default: self = .fail
            }
        }
    }
}

extension ClientError {
    /// The same failure under the code that says what it means for the caller of a write.
    package func asOutcomeUnknown() -> ClientError {
        guard code != .outcomeUnknown else { return self }
        var copy = self
        copy.code = .outcomeUnknown
        // The advice to try again is the one that must not be followed here; it stands at the end of a message.
        let advice = [": try again", "; try again later"].first { message.hasSuffix($0) } ?? ""
        copy.message = "\(message.dropLast(advice.count)); it may have been carried out: look before repeating it"
        return copy
    }
}
