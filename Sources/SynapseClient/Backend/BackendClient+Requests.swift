import HTTPTypes
package import SynapseModels

extension BackendClient {
    /// Sends a request and reads its answer as one model.
    package func value<Value: JSONReadable>(
        _ request: ClientRequest, as type: Value.Type = Value.self
    ) async throws -> Value {
        let response = try await pipeline.send(request)
        do {
            return try await response.decode(as: type)
        } catch let error as ClientError {
            throw error.filling(pipeline.context(of: request)).hidingAnswer(request.hidesAnswer)
        }
    }

    /// Sends a request and reads its answer as one page.
    @concurrent
    package func page<Element: WireModel>(_ request: ClientRequest) async throws -> Page<Element> {
        let response = try await pipeline.send(request)
        do {
            return try response.read { (bytes) throws(JSONError) in try Page<Element>(parsing: bytes) }
        } catch {
            throw error.filling(pipeline.context(of: request)).hidingAnswer(request.hidesAnswer)
        }
    }

    /// All pages of a list.
    ///
    /// `page_size` is added unless given.
    package func pages<Element: WireModel>(
        _ operation: String, _ path: String, query: [QueryItem], options: PageOptions, hidesAnswer: Bool = false,
        transform: (@Sendable (Page<Element>) async throws -> Page<Element>)? = nil
    ) -> PageSequence<Element> {
        var query = query
        if !query.contains(where: { $0.name == "page_size" }) {
            query.append(QueryItem("page_size", configuration.limits.pageSize))
        }
        let number = query.first { $0.name == "page" }.flatMap { Int($0.value) } ?? 1
        let source = PageSource<Element>(
            first: PageReference(number: number, address: nil),
            fetch: { [query] reference in
                var request =
                    if let address = reference.address {
                        ClientRequest(operation, .get, .link(address))
                    } else {
                        ClientRequest(operation, .get, .path(path), query: query)
                    }
                request.hidesAnswer = hidesAnswer
                let page: Page<Element> = try await page(request)
                return try await transform?(page) ?? page
            },
            resolve: { (link) throws(ClientError) in try resolve(link) }
        )
        return PageSequence(
            source: source, options: options, pagesAhead: options.pagesAhead ?? configuration.limits.pagesAhead
        )
    }

    /// The address of a link that the server gave, below the origin of the base URL.
    ///
    /// A link with `http` to the same host is read as `https` where the base URL has it: a server behind a proxy that
    /// ends TLS does not know better.
    ///
    /// - Throws: ``ClientError`` coded `foreignHost`, or `unexpectedShape` when it is no link.
    package func resolve(_ link: String) throws(ClientError) -> WebAddress {
        let base = pipeline.base
        guard let address = base.resolving(link, prefix: base.path) else {
            throw ClientError(.unexpectedShape, "a link of the server is not an address", delivery: .answered)
        }
        if address.origin == base.origin { return address }
        if address.origin.host == base.origin.host, base.origin.scheme == "https", address.origin.scheme == "http" {
            return WebAddress(origin: base.origin, path: address.path, query: address.query)
        }
        throw ClientError(
            .foreignHost,
            "a link of the server leads to \(address.origin), not to \(base.origin); it was not followed, because that "
                + "host must not get the credentials",
            delivery: .answered
        )
    }
}

extension RequestPipeline {
    package func context(of request: ClientRequest) -> ClientError.Context {
        var context = ClientError.Context()
        context.operation = request.operation
        context.method = request.method.rawValue
        context.path = Redactor(request.secrets).clean(address(of: request).path)
        return context
    }
}

extension HTTPBody {
    /// A JSON document.
    package init(json value: some JSONWritable) {
        self.init(bytes: value.jsonBytes())
    }

    /// A JSON array.
    package init(jsonArray values: some Sequence<some JSONWritable>) {
        var writer = JSONWriter()
        writer.array { writer in
            for value in values { writer.element(value) }
        }
        self.init(bytes: writer.bytes)
    }
}
