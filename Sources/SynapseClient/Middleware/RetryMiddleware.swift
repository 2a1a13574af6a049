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
        let pause = RetryPause.pause(afterAttempt: attempt.number, error: error, policy: policy, jitter: jitter)
        guard decision.mayRepeat, attempt.number < policy.attempts,
            clock.now().advanced(by: pause) < attempt.deadline
        else { throw decision.leavesOutcomeOpen ? error.asOutcomeUnknown() : error }
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

/// What a failed attempt leaves.
///
/// Pure.
package struct RetryDecision: Sendable, Hashable {
    /// Whether the attempt may be repeated.
    package let mayRepeat: Bool
    /// Whether the write may have been done, and nobody can tell: what its caller has to know when it is not repeated.
    package let leavesOutcomeOpen: Bool

    /// Decides; `honoursKeys` says whether this origin recognises idempotency keys.
    ///
    /// Of a request that the pipeline must not repeat its caller finds out more, where the server can say it.
    package init(_ error: ClientError, request: ClientRequest, honoursKeys: Bool) {
        let isRepeatable = request.isIdempotent || (honoursKeys && request.idempotencyKey != nil)
        let isAllowed = request.repeats == .byMethod
        switch error.delivery {
        case .local: (mayRepeat, leavesOutcomeOpen) = (false, false)
        case .notSent:
            // A certificate that is wrong stays wrong; a name may be found at the second try.
            mayRepeat = isAllowed && error.code != .tlsFailed && error.code != .clientClosed
            leavesOutcomeOpen = false
        case .unknown:
            mayRepeat = isAllowed && isRepeatable && error.code != .deadlineExceeded
            leavesOutcomeOpen = !request.isIdempotent && (isAllowed || !isRepeatable)
        case .answered:
            switch error.context.status {
            // 429 says that nothing was done.
            case 429: (mayRepeat, leavesOutcomeOpen) = (isAllowed, false)
            // A proxy answers 502 to 504 also after the server did the work; a Retry-After does not prove the contrary.
            case 502, 503, 504:
                mayRepeat = isAllowed && isRepeatable
                leavesOutcomeOpen = isAllowed && !request.isIdempotent
            default: (mayRepeat, leavesOutcomeOpen) = (false, false)
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
