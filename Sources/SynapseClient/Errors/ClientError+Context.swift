public import SynapseModels

extension ClientError {
    /// Where an error happened and what the server said.
    public struct Context: Sendable {
        /// The method of the client, for example `getProject`.
        public var operation: String?
        /// The HTTP method.
        public var method: String?
        /// The path of the request, without its query.
        public var path: String?
        /// The HTTP status of the answer.
        public var status: Int?
        /// The id under which the server logged the request.
        public var requestID: String?
        /// How long the server asked to wait, as it was sent.
        public var retryAfter: Duration?
        /// Which field of the request the server found fault with, and why.
        public var fieldErrors: [ErrorBody.FieldError]
        /// The first 64 KiB of the answer, secrets of this client removed.
        public var responseBody: [UInt8]?
        /// The number of the page in a list, from 1.
        ///
        /// Start there to go on.
        public var page: Int?
        /// The local file of an upload or a download.
        public var file: String?
        /// How often the request was sent.
        public var attempts: Int?

        /// Creates a context in which nothing is known.
        public init() {
            fieldErrors = []
        }
    }

    /// The same error without the text of the answer, which may hold secrets.
    package func hidingAnswer(_ isHidden: Bool) -> ClientError {
        var copy = self
        if isHidden { copy.context.responseBody = nil }
        return copy
    }

    /// Adds what is missing in the context; what is there stays.
    package func filling(_ other: Context) -> ClientError {
        var copy = self
        copy.context.operation = context.operation ?? other.operation
        copy.context.method = context.method ?? other.method
        copy.context.path = context.path ?? other.path
        copy.context.status = context.status ?? other.status
        copy.context.requestID = context.requestID ?? other.requestID
        copy.context.page = context.page ?? other.page
        copy.context.file = context.file ?? other.file
        return copy
    }
}
