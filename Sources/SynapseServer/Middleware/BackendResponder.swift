import Hummingbird
import Logging
import NIOCore

/// The way of a request: log line outermost, then the error body, then faults on purpose, then the route.
struct BackendResponder: HTTPResponder {
    typealias Context = BackendRequestContext

    private let log: RequestLogMiddleware
    private let errors: ErrorMiddleware
    private let table: RouteTable
    private let faults: FaultInjector?

    init(table: RouteTable, faults: FaultPlan?, logger: Logger) {
        self.faults = faults.map { FaultInjector($0, logger: logger) }
        self.table = table
        log = RequestLogMiddleware(logger: logger)
        errors = ErrorMiddleware(logger: logger)
    }

    @concurrent
    func respond(to request: Request, context: BackendRequestContext) async throws -> Response {
        try await log.handle(request, context: context) { request, context in
            try await errors.handle(request, context: context) { request, context in
                guard let faults else { return try await table.respond(to: request, context: context) }
                return try await faults.handle(
                    request, route: table.template(ofPath: request.uri.path), context: context
                ) { request, context in try await table.respond(to: request, context: context) }
            }
        }
    }
}
