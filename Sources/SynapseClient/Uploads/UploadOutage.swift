import Synchronization

/// Decides how long an upload waits for a server that went away, and remembers when it has been given up.
package final class UploadOutage: Sendable {
    private struct State {
        var since: ContinuousClock.Instant?
        var stoppedBy: ClientError?
    }

    private static let step: Duration = .seconds(1)
    /// How often a request is made again after what a proxy or a broken connection did.
    package static let repeats = 3

    private let state = Mutex(State())
    private let tolerance: Duration
    private let client: BackendClient
    private let usesToken: Bool
    private let onWait: (@Sendable (ClientError) -> Void)?

    /// - Parameters:
    ///   - tolerance: How long a server that can't be reached is waited for.
    ///   - client: The client, for its clock and its policy.
    ///   - usesToken: Whether requests carry the client's token, so that one that is not taken ends all.
    ///   - onWait: Told once of each outage that is waited for.
    package init(
        tolerance: Duration, client: BackendClient, usesToken: Bool = true,
        onWait: (@Sendable (ClientError) -> Void)? = nil
    ) {
        self.tolerance = tolerance
        self.client = client
        self.usesToken = usesToken
        self.onWait = onWait
    }

    /// Why nothing more is tried.
    package var stoppedBy: ClientError? { state.withLock { $0.stoppedBy } }

    /// What items get that are not tried any more.
    package var refusal: ClientError? { stoppedBy.map(Self.notTried) }

    /// Makes a request that may be repeated, as often as it takes.
    ///
    /// While the server can't be reached, within the tolerance; after what a proxy or a broken connection does, as often
    /// as `limit` says. Everything else is final.
    ///
    /// - Throws: `CancellationError`.
    package func persistently<Value>(
        atMost limit: Int = UploadOutage.repeats, _ body: () async throws -> Value
    ) async throws -> Result<Value, ClientError> {
        var repeats = 0
        while true {
            if let refusal { return .failure(refusal) }
            do {
                let value = try await body()
                state.withLock { $0.since = nil }
                return .success(value)
            } catch let error as ClientError {
                guard let pause = pause(after: error, &repeats, limit) else { return .failure(error) }
                try await client.clock.sleep(pause)
            }
        }
    }

    private func pause(after error: ClientError, _ repeats: inout Int, _ limit: Int) -> Duration? {
        let now = client.clock.now()
        if Self.meansUnreachable(error) {
            let (isFirst, waits) = state.withLock { state in
                let isFirst = state.since == nil
                let since = state.since ?? now
                state.since = since
                let waits = since.advanced(by: tolerance) > now
                if !waits { state.stoppedBy = state.stoppedBy ?? error }
                return (isFirst, waits)
            }
            guard waits else { return nil }
            if isFirst { onWait?(error) }
            return client.jitter(Self.step) + Self.step / 2
        }
        state.withLock { state in
            state.since = nil
            // No file can help it that the token does not hold any more.
            if usesToken, error.code == .notSignedIn { state.stoppedBy = state.stoppedBy ?? error }
        }
        guard Self.mayPass(error), repeats < limit else { return nil }
        repeats += 1
        return RetryPause.pause(
            afterAttempt: repeats, error: error, policy: client.configuration.retry, jitter: client.jitter)
    }

    /// Whether no server was there to say anything.
    private static func meansUnreachable(_ error: ClientError) -> Bool {
        let codes: [ClientError.Code] = [.connectionRefused, .connectionFailed, .connectTimeout, .hostNotFound]
        return codes.contains(error.code) || (error.code == .outcomeUnknown && error.delivery == .notSent)
    }

    /// Whether the failure is none of the request itself.
    private static func mayPass(_ error: ClientError) -> Bool {
        if error.isFromBetween || [502, 503, 504].contains(error.context.status) { return true }
        let codes: [ClientError.Code] = [
            .outcomeUnknown, .connectionLost, .truncatedResponse, .readTimeout, .stalled,
        ]
        return codes.contains(error.code)
    }

    private static func notTried(_ cause: ClientError) -> ClientError {
        ClientError(
            .notTried, "not tried, because the upload had stopped: \(cause.message)", underlying: cause)
    }
}
