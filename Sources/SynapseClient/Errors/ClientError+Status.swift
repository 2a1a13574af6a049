import HTTPTypes
import SynapseModels

extension ClientError {
    /// Bytes of an error answer that are kept.
    package static let responseBodyLimit = 64 << 10

    /// Reads an answer of failure: its status decides the code, its body the message.
    package init(response: ClientResponse, attempt: Attempt, redactor: Redactor) {
        let body = redactor.clean(Array(response.body.prefix(Self.responseBodyLimit)))
        let isHTML = ErrorText.isHTML(contentType: response.headerFields[.contentType], body: body)
        let parsed = isHTML || body.isEmpty ? nil : ErrorBody(parsing: body)
        var context = Context()
        context.status = response.status
        context.requestID =
            response.headerFields[.requestID].map { ErrorText.oneLine($0, limit: 80) } ?? parsed?.requestID
        context.retryAfter = RetryAfter.parse(response.headerFields[.retryAfter])
        context.fieldErrors = parsed?.fieldErrors ?? []
        context.responseBody = body
        let said = Self.said(parsed, body: body, isHTML: isHTML)
        let code = Self.code(forStatus: response.status)
        self.init(
            code, Self.message(code, status: response.status, said: said, context: context), delivery: .answered,
            context: context
        )
    }

    package static func code(forStatus status: Int) -> Code {
        switch status {
        case 400, 422: .validationFailed
        case 401: .notSignedIn
        case 403: .notAllowed
        case 404: .notFound
        case 409: .conflict
        case 410: .gone
        case 413: .payloadTooLarge
        case 429: .rateLimited
        case 502: .badGateway
        case 503: .serviceUnavailable
        case 504: .gatewayTimeout
        case 500...599: .serverError
        default: .requestRejected
        }
    }

    /// What the server said, in one line.
    private static func said(_ parsed: ErrorBody?, body: [UInt8], isHTML: Bool) -> String? {
        if isHTML {
            let title = ErrorText.htmlTitle(body).map { " (\"\($0)\")" } ?? ""
            return "an HTML page\(title), most likely from a proxy in front of the server"
        }
        if let parsed {
            let fields = parsed.fieldErrors.map { error in
                // A batch that fails as a whole says the same of each of its rows.
                var messages: [String] = []
                for message in error.messages where !messages.contains(message) { messages.append(message) }
                let words = messages.joined(separator: " ")
                return error.path.isEmpty ? words : "\(error.path): \(words)"
            }
            let text = ErrorText.oneLine(fields.isEmpty ? parsed.detail ?? "" : fields.joined(separator: "; "))
            if !text.isEmpty { return text }
        }
        let text = ErrorText.oneLine(String(decoding: body.prefix(2048), as: UTF8.self))
        return text.isEmpty ? nil : text
    }

    private static func message(_ code: Code, status: Int, said: String?, context: Context) -> String {
        let answer = said.map { ": \($0)" } ?? ""
        // What the server said ends its sentence, and ours goes on.
        let clause = answer.hasSuffix(".") ? String(answer.dropLast()) : answer
        switch code {
        case .validationFailed: return "the server did not accept the values\(answer)"
        case .notSignedIn: return "not signed in: the token is missing, wrong or expired\(answer)"
        case .notAllowed: return "not allowed with this token\(answer)"
        case .notFound: return "not found, or not visible to this tenant\(answer)"
        case .conflict: return "the request contradicts what the server has\(answer)"
        case .gone: return "no longer there\(answer)"
        case .payloadTooLarge:
            return "larger than the server takes; upload the file in chunks or send fewer items\(answer)"
        case .rateLimited:
            let wait = context.retryAfter.map { "try again in \($0.components.seconds) s" } ?? "try again later"
            return "too many requests; \(wait)\(answer)"
        case .badGateway: return "a proxy got no proper answer from the server\(clause); try again later"
        case .serviceUnavailable: return "the server cannot work at present\(clause); try again later"
        case .gatewayTimeout: return "a proxy waited too long for the server\(clause); try again later"
        case .serverError: return "the server failed\(clause); tell its operator the request id"
        default: return "the server rejected the request with status \(status)\(answer)"
        }
    }
}
