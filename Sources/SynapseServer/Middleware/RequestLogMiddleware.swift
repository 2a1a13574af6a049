import HTTPTypes
import Hummingbird
import Logging
import Metrics

/// Gives each request an id, logs and measures it, and announces what the server can do.
///
/// The line holds the route's template and never the query: queries carry signatures.
struct RequestLogMiddleware: RouterMiddleware {
    typealias Context = BackendRequestContext

    let logger: Logger

    @concurrent
    func handle(
        _ request: Request,
        context: BackendRequestContext,
        next: @concurrent (Request, BackendRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        context.requestID = Self.requestID(from: request.headers[.requestID])
        var response = try await next(request, context)
        response.headers[.requestID] = context.requestID
        response.headers[.capabilities] = "idempotency-key"
        let time = start.duration(to: .now)
        measure(request, response, context, time)
        log(request, response, context, time)
        return response
    }

    /// Records how long the request took, under the route's template so that ids make no labels.
    private func measure(_ request: Request, _ response: Response, _ context: BackendRequestContext, _ time: Duration) {
        Metrics.Timer(
            label: "synapse_server_request_duration",
            dimensions: [
                ("method", request.method.rawValue), ("route", context.trace.notes.route),
                ("status", "\(response.status.code)"),
            ]
        ).record(duration: time)
    }

    private func log(_ request: Request, _ response: Response, _ context: BackendRequestContext, _ time: Duration) {
        let level: Logger.Level = response.status.code >= 500 ? .warning : .info
        guard logger.logLevel <= level else { return }
        let notes = context.trace.notes
        let elapsed = time.components
        logger.log(
            level: level,
            "request",
            metadata: [
                "method": "\(request.method)", "route": "\(notes.route)", "status": "\(response.status.code)",
                "bytes": "\(response.body.contentLength ?? -1)",
                "ms": "\(elapsed.seconds * 1000 + elapsed.attoseconds / 1_000_000_000_000_000)",
                "request_id": "\(context.requestID)", "tenant": "\(notes.tenant ?? "-")",
            ]
        )
    }

    /// Takes the client's id when it is short and plain, otherwise makes one.
    private static func requestID(from header: String?) -> String {
        guard let header, (1...64).contains(header.utf8.count), header.utf8.allSatisfy(isPlain) else {
            return Hexadecimal.random(byteCount: 8)
        }
        return header
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
    }
}
