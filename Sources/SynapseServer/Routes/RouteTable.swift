import HTTPTypes
import Hummingbird
import NIOCore

/// Every route of the server, with and without the final slash, and the answers for what is not a route.
///
/// It stands in for Hummingbird's router because it must say 405 with the methods that a path has, and because every
/// path must answer in both spellings without a redirect: clients turn a redirected POST into a GET.
struct RouteTable: HTTPResponder {
    typealias Context = BackendRequestContext
    typealias Handler = @Sendable (RequestScope) async throws -> Answer
    /// A handler whose answer is not one JSON document, such as a stream.
    typealias StreamHandler = @Sendable (RequestScope) async throws -> Response
    typealias OpenHandler = @Sendable (OpenScope) async throws -> Response

    /// A request that needs no credentials.
    struct OpenScope: Sendable {
        let request: Request
        let parameters: [String]
        let query: QueryParameters
        let services: Services
        /// The machine, or the network of machines, that the request comes from.
        let source: String
    }

    enum Action: Sendable {
        case authenticated(Handler)
        case streamed(StreamHandler)
        case open(OpenHandler)
    }

    struct Route: Sendable {
        let template: String
        let segments: [Substring]
        var actions: [HTTPRequest.Method: Action]

        /// Who may use it with a method.
        func rule(_ method: HTTPRequest.Method) -> AccessRule { AccessRule.rule(method, template) }
    }

    private(set) var routes: [Route] = []
    private var positions: [Int: [Int]] = [:]
    private let services: Services
    private let address: @Sendable () -> String

    /// Makes an empty table; the address is the server's own, for links when the client names no usable host.
    init(services: Services, address: @escaping @Sendable () -> String) {
        self.services = services
        self.address = address
    }

    mutating func on(_ method: HTTPRequest.Method, _ template: String, _ handler: @escaping Handler) {
        add(method, template, .authenticated(handler))
    }

    mutating func onStream(_ method: HTTPRequest.Method, _ template: String, _ handler: @escaping StreamHandler) {
        add(method, template, .streamed(handler))
    }

    mutating func onOpen(_ method: HTTPRequest.Method, _ template: String, _ handler: @escaping OpenHandler) {
        add(method, template, .open(handler))
    }

    private mutating func add(_ method: HTTPRequest.Method, _ template: String, _ action: Action) {
        if let index = routes.firstIndex(where: { $0.template == template }) {
            routes[index].actions[method] = action
        } else {
            let segments = template.split(separator: "/")
            positions[segments.count, default: []].append(routes.count)
            routes.append(Route(template: template, segments: segments, actions: [method: action]))
        }
    }

    func respond(to request: Request, context: BackendRequestContext) async throws -> Response {
        guard let (route, parameters) = find(request.uri.path) else { throw APIError.notFound }
        context.trace.note(route: route.template)
        let isHead = request.method == .head
        guard let action = route.actions[request.method] ?? (isHead ? route.actions[.get] : nil) else {
            var methods = route.actions.keys.map(\.rawValue)
            if route.actions[.get] != nil { methods.append("HEAD") }
            throw APIError.methodNotAllowed(request.method.rawValue, allow: methods.sorted())
        }
        let query = QueryParameters(request.uri.query ?? "")
        let response: Response
        switch action {
        case .open(let handler):
            response = try await handler(
                OpenScope(
                    request: request, parameters: parameters, query: query, services: services,
                    source: context.source))
        case .authenticated(let handler):
            response = try await handler(try await scope(request, route, parameters, query, context)).response
        case .streamed(let handler):
            response = try await handler(try await scope(request, route, parameters, query, context))
        }
        return isHead ? response.createHeadResponse() : response
    }

    /// Finds out whom the request is from, and whether the route is for them.
    private func scope(
        _ request: Request, _ route: Route, _ parameters: [String], _ query: QueryParameters,
        _ context: BackendRequestContext
    ) async throws -> RequestScope {
        let identity = try await services.authenticator.identify(request.headers)
        context.trace.note(tenant: identity.tenantCode)
        try route.rule(request.method).check(identity, query)
        let links = LinkMaker(
            hostHeader: request.head.authority, override: query["url_host"],
            publicURL: services.configuration.publicURL, fallback: address(), signer: services.signer)
        return RequestScope(
            request: request, identity: identity, query: query, links: links, parameters: parameters,
            services: services)
    }

    /// The template of a path's route.
    func template(ofPath path: String) -> String? { find(path)?.0.template }

    /// The templates with their methods.
    var summary: [(template: String, methods: Set<String>)] {
        routes.map { route in
            let methods = Set(route.actions.keys.map(\.rawValue))
            return (route.template, methods.contains("GET") ? methods.union(["HEAD"]) : methods)
        }
    }

    /// The route of a path: fixed words win over parameters.
    private func find(_ path: String) -> (Route, [String])? {
        let segments = path.split(separator: "/")
        var best: (route: Route, parameters: [String])?
        for position in positions[segments.count] ?? [] {
            let route = routes[position]
            guard let parameters = Self.match(route.segments, segments) else { continue }
            if best.map({ parameters.count < $0.parameters.count }) ?? true { best = (route, parameters) }
        }
        return best.map { ($0.route, $0.parameters) }
    }

    /// The parameters as they read, without percent codes; nil when the path is another one.
    private static func match(_ template: [Substring], _ path: [Substring]) -> [String]? {
        var parameters: [String] = []
        for (wanted, given) in zip(template, path) {
            if wanted.hasPrefix("{") {
                guard let text = PercentCoding.decode(given) else { return nil }
                parameters.append(text)
            } else if wanted != given {
                return nil
            }
        }
        return parameters
    }
}
