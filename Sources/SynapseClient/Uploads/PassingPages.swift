/// Makes a request again, a few times, when something in front of the server answered in its place.
///
/// Everything else is the pipeline's to repeat, or final.
package struct PassingPages: Sendable {
    private static let repeats = 3

    package let client: BackendClient

    /// - Throws: ``ClientError`` or `CancellationError`.
    package func waitOut<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        let policy = client.configuration.retry
        var failures = 0
        while true {
            do {
                return try await body()
            } catch let error as ClientError {
                guard error.isFromBetween, error.code != .outcomeUnknown,
                    failures < min(Self.repeats, policy.attempts - 1)
                else { throw error }
                failures += 1
                let pause = RetryPause.pause(
                    afterAttempt: failures, error: error, policy: policy, jitter: client.jitter)
                try await client.clock.sleep(pause)
            }
        }
    }
}
