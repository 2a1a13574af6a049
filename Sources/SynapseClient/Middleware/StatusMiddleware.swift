import HTTPTypes

/// Turns an answer of failure into a ``ClientError``, and notes what the origin can do.
package struct StatusMiddleware: ClientMiddleware {
    private let redactor: Redactor
    private let capabilities: OriginCapabilities

    package init(redactor: Redactor, capabilities: OriginCapabilities) {
        self.redactor = redactor
        self.capabilities = capabilities
    }

    package func intercept(_ attempt: Attempt, next: Next) async throws -> ClientResponse {
        var response = try await next(attempt)
        capabilities.note(response.headerFields[.synapseCapabilities], from: attempt.address.origin)
        response.redactor = redactor.adding(attempt.request.secrets)
        // Redirects are the business of whoever follows them.
        if (200..<400).contains(response.status) { return response }
        throw ClientError(response: response, attempt: attempt, redactor: response.redactor)
    }
}
