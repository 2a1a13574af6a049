import HTTPTypes
import SynapseModels

/// A failure that the client is told about.
struct APIError: Error, Sendable {
    let status: HTTPResponse.Status
    var body: Body
    var headers = HTTPFields()

    enum Body: Sendable {
        /// `{"detail": text}` with further members.
        case detail(String, [(key: String, value: JSONValue)] = [])
        /// `{"field": [texts]}`.
        case fields(FieldErrors)
        /// One object for each row of a list, empty for a row without errors.
        case rows([FieldErrors])
    }

    init(_ status: HTTPResponse.Status, _ detail: String, extra: [(key: String, value: JSONValue)] = []) {
        self.status = status
        body = .detail(detail, extra)
    }

    init(_ errors: FieldErrors) {
        status = .badRequest
        body = .fields(errors)
    }

    init(rows: [FieldErrors]) {
        status = .badRequest
        body = .rows(rows)
    }

    static func field(_ name: String, _ message: String) -> APIError { APIError(FieldErrors(name, message)) }

    static var notFound: APIError { APIError(.notFound, "Not found.") }
    static var invalidPage: APIError { APIError(.notFound, "Invalid page.") }

    static func unauthorized(_ detail: String) -> APIError {
        var error = APIError(.unauthorized, detail)
        error.headers[.wwwAuthenticate] = "Token"
        return error
    }

    static func tooLarge(limit: some BinaryInteger) -> APIError {
        APIError(.contentTooLarge, "The request body is larger than \(limit) bytes.")
    }

    static func methodNotAllowed(_ method: String, allow: [String]) -> APIError {
        var error = APIError(.methodNotAllowed, "Method \"\(method)\" not allowed.")
        error.headers[.allow] = allow.joined(separator: ", ")
        return error
    }
}

/// What is wrong with the fields of one object.
struct FieldErrors: Sendable, Equatable {
    private(set) var fields: [(name: String, messages: [String])] = []

    init() {}

    init(_ name: String, _ message: String) { add(name, message) }

    var isEmpty: Bool { fields.isEmpty }

    mutating func add(_ name: String, _ message: String) {
        if let index = fields.firstIndex(where: { $0.name == name }) {
            fields[index].messages.append(message)
        } else {
            fields.append((name, [message]))
        }
    }

    func throwIfAny() throws(APIError) {
        if !isEmpty { throw APIError(self) }
    }

    static func == (left: Self, right: Self) -> Bool {
        left.fields.elementsEqual(right.fields) { $0.name == $1.name && $0.messages == $1.messages }
    }
}
