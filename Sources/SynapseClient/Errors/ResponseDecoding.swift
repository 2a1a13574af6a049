import HTTPTypes
package import SynapseModels

extension ClientResponse {
    /// Reads the body as one model.
    ///
    /// Runs off the caller's actor, for a body can be large.
    @concurrent
    package func decode<Value: JSONReadable>(as type: Value.Type = Value.self) async throws -> Value {
        try read { (bytes) throws(JSONError) in try Value(reading: RawJSON(parsing: bytes)) }
    }

    /// Reads the body with `parse` and puts what is wrong with it into words.
    package func read<Value>(_ parse: ([UInt8]) throws(JSONError) -> Value) throws(ClientError) -> Value {
        guard !body.allSatisfy({ $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) else {
            throw failure(.emptyResponse, "the answer is empty, though the server reported success: check the base URL")
        }
        do {
            return try parse(body)
        } catch {
            if ErrorText.isHTML(contentType: headerFields[.contentType], body: body) {
                let title = ErrorText.htmlTitle(body).map { " (\"\($0)\")" } ?? ""
                throw failure(
                    .htmlResponse,
                    "an HTML page came instead of data\(title): check the base URL, and whether a proxy or a login page is "
                        + "in between"
                )
            }
            switch error.code {
            case .syntax, .utf8, .depth, .size:
                throw failure(.invalidJSON, "the answer is not valid JSON: \(error)", error)
            default:
                throw failure(
                    .unexpectedShape,
                    "the answer has another shape than expected: \(error); the server may be of another version",
                    error
                )
            }
        }
    }

    private func failure(
        _ code: ClientError.Code, _ message: String, _ underlying: (any Error)? = nil
    ) -> ClientError {
        var context = ClientError.Context()
        context.status = status
        context.requestID = headerFields[.requestID]
        context.responseBody = redactor.clean(Array(body.prefix(ClientError.responseBodyLimit)))
        return ClientError(code, redactor.clean(message), delivery: .answered, context: context, underlying: underlying)
    }
}
