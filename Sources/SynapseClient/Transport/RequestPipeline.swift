import HTTPTypes
package import Logging

/// Sends a request through the layers, outermost first: tracing, retry, authentication, redirects, metrics and log,
/// status check, transport.
package struct RequestPipeline: Sendable {
    package let base: WebAddress
    private let configuration: ClientConfiguration
    private let transport: any ClientTransport
    private let layers: [any ClientMiddleware]
    private let clock: ClientClock
    private let redactor: Redactor
    /// Transfers of files take turns, so that their buffers have one bound.
    private let slots: UploadSlots

    /// - Throws: ``ClientError`` coded `invalidConfiguration` when the base URL is none.
    package init(
        configuration: ClientConfiguration, transport: any ClientTransport, clock: ClientClock, logger: Logger,
        jitter: @escaping @Sendable (Duration) -> Duration = RetryPause.fullJitter
    ) throws(ClientError) {
        base = try configuration.baseAddress()
        self.configuration = configuration
        self.transport = transport
        self.clock = clock
        slots = UploadSlots(configuration.limits.transfers)
        let credentials = configuration.credentials
        redactor = Redactor([credentials.accessToken, credentials.authorizationToken, credentials.agentToken])
        let capabilities = OriginCapabilities()
        layers = [
            TracingMiddleware(),
            RetryMiddleware(
                policy: configuration.retry, clock: clock, capabilities: capabilities, logger: logger, jitter: jitter
            ),
            AuthenticationMiddleware(credentials: credentials, origin: base.origin, logger: logger),
            RedirectMiddleware(),
            ObservationMiddleware(logger: logger),
            StatusMiddleware(redactor: redactor, capabilities: capabilities),
        ]
    }

    /// Sends a request.
    ///
    /// - Throws: ``ClientError`` or `CancellationError`, nothing else.
    package func send(_ request: ClientRequest) async throws -> ClientResponse {
        guard request.isTransfer, request.body?.isSmallInMemory != true else { return try await perform(request) }
        return try await slots.withSlot { try await perform(request) }
    }

    private func perform(_ request: ClientRequest) async throws -> ClientResponse {
        let limit = request.isTransfer ? configuration.timeouts.transfer : configuration.timeouts.call
        let deadline = clock.now().advanced(by: limit)
        let attempt = Attempt(
            request: request, address: address(of: request), headerFields: request.headerFields, deadline: deadline,
            number: 1
        )
        do {
            // Beside a long limit the time-outs of silence are enough, and each answer's pieces are looked at: a race
            // for each call costs a tenth of the work of a small one.
            if request.isStream || limit > configuration.timeouts.read { return try await pass(attempt, layer: 0) }
            return try await withDeadline(limit, attempt) { try await self.pass(attempt, layer: 0) }
        } catch let error as ClientError {
            throw error.filling(.init(attempt))
        } catch {
            if Task.isCancelled || error is CancellationError { throw CancellationError() }
            throw ClientError(.connectionFailed, "the request failed", underlying: error).filling(.init(attempt))
        }
    }

    private func pass(_ attempt: Attempt, layer: Int) async throws -> ClientResponse {
        guard layer < layers.count else { return try await perform(attempt) }
        return try await layers[layer].intercept(attempt) { try await self.pass($0, layer: layer + 1) }
    }

    /// The transport knows deadlines up to the head of an answer.
    ///
    /// This race covers the rest, a body that stops, where the read time-out would come too late.
    private func withDeadline(
        _ limit: Duration, _ attempt: Attempt, _ call: @escaping @Sendable () async throws -> ClientResponse
    ) async throws -> ClientResponse {
        try await withThrowingTaskGroup(of: ClientResponse?.self) { group in
            group.addTask { try await call() }
            group.addTask { [clock] in
                // A little later than the transport's own deadline, whose error says more.
                try await clock.sleep(limit + .milliseconds(250))
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let response = first else {
                let error = ClientError(
                    TransportError(.deadline, mayHaveArrived: true), attempt: attempt, timeouts: configuration.timeouts
                )
                throw attempt.request.isIdempotent ? error : error.asOutcomeUnknown()
            }
            return response
        }
    }

    private func perform(_ attempt: Attempt) async throws -> ClientResponse {
        var head = HTTPRequest(
            method: attempt.request.method, scheme: attempt.address.origin.scheme,
            authority: attempt.address.origin.authority,
            path: (attempt.address.path.isEmpty ? "/" : attempt.address.path)
                + (attempt.address.query.map { "?\($0)" } ?? ""),
            headerFields: attempt.headerFields
        )
        head.headerFields[.userAgent] = "synapse-swift"
        if head.headerFields[.accept] == nil { head.headerFields[.accept] = "*/*" }
        if let body = attempt.request.body, !body.contentType.isEmpty {
            head.headerFields[.contentType] = body.contentType
        }
        let request = TransportRequest(
            head: head, body: attempt.request.body, deadline: attempt.deadline,
            stallTimeout: configuration.timeouts.stall,
            readTimeout: attempt.request.isStream ? configuration.timeouts.tail : nil
        )
        do {
            let response = try await transport.send(request)
            return try await collect(response, attempt)
        } catch let error as TransportError {
            try Task.checkCancellation()
            throw ClientError(error, attempt: attempt, timeouts: configuration.timeouts)
        }
    }

    private func checkDeadline(of attempt: Attempt) throws {
        if clock.now() > attempt.deadline { throw TransportError(.deadline, mayHaveArrived: true) }
    }

    private func collect(_ response: TransportResponse, _ attempt: Attempt) async throws -> ClientResponse {
        var result = ClientResponse(status: response.status, headerFields: response.headerFields)
        let isSuccess = (200..<300).contains(response.status)
        if isSuccess, let sink = attempt.request.sink {
            try await sink.begin(status: response.status, headerFields: response.headerFields)
            try await response.body.forEach { piece in
                try checkDeadline(of: attempt)
                try await sink.write(piece)
            }
            return result
        }
        if isSuccess, attempt.request.isStream {
            result.stream = response.body
            return result
        }
        let limit =
            isSuccess
            ? attempt.request.responseLimit ?? configuration.limits.responseByteCount : ClientError.responseBodyLimit
        let (bytes, isComplete) = try await response.body.collect(upTo: limit) { try checkDeadline(of: attempt) }
        guard isComplete || !isSuccess else {
            var context = ClientError.Context()
            context.status = response.status
            throw ClientError(
                .responseTooLarge, "the answer is longer than \(limit) bytes; ask for fewer rows or fields",
                delivery: .answered, context: context
            )
        }
        result.body = bytes
        return result
    }

    /// Puts a failure inside of a stream into words.
    package func failure(_ error: TransportError, in request: ClientRequest) -> ClientError {
        var timeouts = configuration.timeouts
        timeouts.read = timeouts.tail
        let attempt = Attempt(
            request: request, address: address(of: request), headerFields: [:], deadline: clock.now(), number: 1)
        return ClientError(error, attempt: attempt, timeouts: timeouts).filling(.init(attempt))
    }

    /// The address of a request: below the base for a path, as it is for a link.
    ///
    /// `url_host` comes first.
    package func address(of request: ClientRequest) -> WebAddress {
        var items = request.query
        if let urlHost = configuration.urlHost { items.insert(QueryItem("url_host", urlHost), at: 0) }
        switch request.target {
        case .path(let path):
            return WebAddress(
                origin: base.origin, path: "\(base.path)/\(path)", query: items.isEmpty ? nil : items.encoded
            )
        case .link(let link):
            let hasHost = [QueryItem](query: link.query ?? "").contains { $0.name == "url_host" }
            if hasHost || !request.needsCredentials { items.removeAll { $0.name == "url_host" } }
            let parts = [link.query.flatMap { $0.isEmpty ? nil : $0 }, items.isEmpty ? nil : items.encoded]
            let query = parts.compactMap(\.self).joined(separator: "&")
            return WebAddress(origin: link.origin, path: link.path, query: query.isEmpty ? nil : query)
        }
    }
}

extension ClientConfiguration {
    /// The base URL without its trailing slashes.
    package func baseAddress() throws(ClientError) -> WebAddress {
        let text = baseURL.split(whereSeparator: \.isWhitespace).joined()
        guard let address = WebAddress(text) else {
            // The text is not repeated: it may hold a password.
            throw ClientError(
                .invalidConfiguration,
                "the base URL is not an address: it must look like https://api.synapse.sh or http://127.0.0.1:8000, "
                    + "without a user name"
            )
        }
        guard address.query == nil else {
            throw ClientError(.invalidConfiguration, "the base URL must not have a query")
        }
        var path = Substring(address.path)
        while path.last == "/" { path.removeLast() }
        return WebAddress(origin: address.origin, path: String(path), query: nil)
    }
}

extension ClientError.Context {
    fileprivate init(_ attempt: Attempt) {
        self.init()
        operation = attempt.request.operation
        method = attempt.request.method.rawValue
        path = attempt.shownPath
    }
}
