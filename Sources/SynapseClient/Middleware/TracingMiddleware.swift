import HTTPTypes
import Instrumentation
import Tracing

/// One span for each call, all its attempts included; nothing where the program has set up no instrument.
package struct TracingMiddleware: ClientMiddleware {
    package init() {}

    package func intercept(_ attempt: Attempt, next: Next) async throws -> ClientResponse {
        guard !(InstrumentationSystem.instrument is NoOpInstrument) else { return try await next(attempt) }
        return try await withSpan("synapse.\(attempt.request.operation)", ofKind: .client) { span in
            span.attributes["http.request.method"] = attempt.request.method.rawValue
            span.attributes["server.address"] = attempt.address.origin.authority
            var attempt = attempt
            InstrumentationSystem.instrument.inject(
                span.context, into: &attempt.headerFields, using: HeaderInjector()
            )
            do {
                let response = try await next(attempt)
                span.attributes["http.response.status_code"] = response.status
                return response
            } catch {
                // The code alone: a message may hold names of the user's data.
                span.attributes["error.type"] = (error as? ClientError)?.code.rawValue ?? "cancelled"
                span.setStatus(SpanStatus(code: .error))
                throw error
            }
        }
    }
}

private struct HeaderInjector: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout HTTPFields) {
        guard let name = HTTPField.Name(key) else { return }
        carrier[name] = value
    }
}
