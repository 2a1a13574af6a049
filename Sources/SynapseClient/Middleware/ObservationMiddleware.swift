import HTTPTypes
package import Logging
import Metrics

/// Counts, times and logs each attempt.
///
/// Labels are the operation and the code; headers come from an allow-list.
package struct ObservationMiddleware: ClientMiddleware {
    private static let loggedFields: [HTTPField.Name] = [
        .contentType, .contentLength, .contentRange, .retryAfter, .requestID,
    ]

    private let logger: Logger

    package init(logger: Logger) { self.logger = logger }

    package func intercept(_ attempt: Attempt, next: Next) async throws -> ClientResponse {
        let start = ContinuousClock.now
        do {
            let response = try await next(attempt)
            note(attempt, code: "ok", start: start)
            log(
                attempt, "answered",
                [
                    "status": "\(response.status)", "duration": "\(start.duration(to: .now))",
                    "fields": "\(Self.allowed(response.headerFields))",
                ])
            return response
        } catch {
            let failure = error as? ClientError
            note(attempt, code: failure?.code.rawValue ?? "cancelled", start: start)
            log(
                attempt, "failed",
                [
                    "code": "\(failure?.code.rawValue ?? "cancelled")", "status": "\(failure?.context.status ?? 0)",
                    "request_id": "\(failure?.context.requestID ?? "-")",
                ])
            throw error
        }
    }

    private func note(_ attempt: Attempt, code: String, start: ContinuousClock.Instant) {
        let labels = [("operation", attempt.request.operation), ("code", code)]
        Counter(label: "synapse_client_requests", dimensions: labels).increment()
        let duration = start.duration(to: .now).components
        Metrics.Timer(label: "synapse_client_request_duration", dimensions: labels)
            .recordNanoseconds(duration.seconds * 1_000_000_000 + duration.attoseconds / 1_000_000_000)
    }

    private func log(
        _ attempt: Attempt, _ event: @autoclosure () -> String, _ facts: @autoclosure () -> Logger.Metadata
    ) {
        guard logger.logLevel <= .debug else { return }
        var metadata = facts()
        metadata["operation"] = "\(attempt.request.operation)"
        metadata["method"] = "\(attempt.request.method.rawValue)"
        metadata["path"] = "\(attempt.shownPath)"
        metadata["attempt"] = "\(attempt.number)"
        logger.debug("request \(event())", metadata: metadata)
    }

    private static func allowed(_ fields: HTTPFields) -> String {
        loggedFields.compactMap { name in fields[name].map { "\(name.canonicalName): \($0)" } }.joined(separator: ", ")
    }
}
