import GRDB
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// Turns every failure into the one error body.
///
/// What is not meant for the client becomes a bare 500; its detail goes to the log under the request's id.
struct ErrorMiddleware: RouterMiddleware {
    typealias Context = BackendRequestContext

    let logger: Logger

    @concurrent
    func handle(
        _ request: Request,
        context: BackendRequestContext,
        next: @concurrent (Request, BackendRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let known = Self.translate(error)
            if known == nil {
                logger.error(
                    "request failed",
                    metadata: ["request_id": "\(context.requestID)", "error": "\(type(of: error)): \(error)"]
                )
            }
            let shown = known ?? APIError(.internalServerError, "Internal server error.")
            var response = shown.answer(requestID: known == nil ? context.requestID : nil).response
            for field in shown.headers { response.headers[field.name] = field.value }
            return response
        }
    }

    private static func translate(_ error: any Error) -> APIError? {
        switch error {
        case let error as APIError: error
        case let error as DatabaseError: ServerDatabase.translate(error) as? APIError
        case let error as SystemError where error.isOutOfSpace: .outOfSpace
        case let error as SystemError where error.isOutOfDescriptors: .busy
        case let error as MultipartParser.Failure: APIError(.badRequest, error.message)
        // The client went away in the middle: nobody reads this answer, and it is no fault of the server.
        case is HTTPParserError, is IOError, is ChannelError: APIError(.badRequest, "The request ended early.")
        case is CancellationError: APIError(.serviceUnavailable, "The server is shutting down.")
        default: nil
        }
    }
}
