/// Describes why a call of the client failed.
///
/// Client calls throw `ClientError` or `CancellationError`, nothing else. ``description`` is one line that is safe in a
/// log: it holds no header, body, query or token.
public struct ClientError: Error, Sendable {
    /// What went wrong, as a value to switch on.
    public var code: Code
    /// One sentence for a person: what happened and what to do.
    public var message: String
    /// Where it happened: operation, request, status and what the server said.
    public var context: Context
    /// The error below this one, where there is one.
    ///
    /// Its text may name files and addresses, never a token.
    public var underlying: (any Error)?
    /// How far the request got.
    ///
    /// Decides whether it may be repeated.
    package var delivery: Delivery

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: What went wrong.
    ///   - message: One sentence for a person, safe in a log.
    ///   - context: Where it happened.
    ///   - underlying: The error below this one.
    public init(_ code: Code, _ message: String, context: Context = Context(), underlying: (any Error)? = nil) {
        self.init(code, message, delivery: .local, context: context, underlying: underlying)
    }

    package init(
        _ code: Code, _ message: String, delivery: Delivery, context: Context = Context(),
        underlying: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.context = context
        self.underlying = underlying
        self.delivery = delivery
    }

    /// The HTTP status of the answer, or `nil` when there was none.
    ///
    /// The documented `status_code`.
    public var statusCode: Int? { context.status }

    /// The text of the answer, at most 64 KiB of it, or `nil` when there was none.
    ///
    /// The documented `response`.
    ///
    /// It is what the server wrote and may hold user data: show it on purpose, do not log it by habit.
    public var response: String? {
        context.responseBody.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether a server that is there failed by itself, as one does whose disk is full: waiting rarely mends it.
    package var isFaultOfServer: Bool {
        guard delivery == .answered, let status = context.status else { return false }
        return (500...599).contains(status) && ![502, 503, 504].contains(status)
    }
}

/// How far a request got before it failed.
package enum Delivery: Sendable, Hashable {
    /// Nothing went out, or the failure is not one of a request.
    case local
    /// The request did not reach the server: at most its head left this machine.
    case notSent
    /// The request may have arrived and the answer is lost.
    case unknown
    /// The server answered.
    case answered
}

extension ClientError: CustomStringConvertible {
    /// One line: code, message, operation, status and request id.
    public var description: String {
        var facts: [String] = [code.rawValue]
        if let operation = context.operation { facts.append(operation) }
        if let method = context.method, let path = context.path { facts.append("\(method) \(path)") }
        if let status = context.status { facts.append("HTTP \(status)") }
        if let page = context.page { facts.append("page \(page)") }
        if let file = context.file, !message.contains(file) { facts.append("file \(file)") }
        if let requestID = context.requestID { facts.append("request \(requestID)") }
        return ErrorText.oneLine("\(message) [\(facts.joined(separator: ", "))]", limit: 1000)
    }
}
