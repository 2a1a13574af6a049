import SynapseClient
import SynapseModels

/// What a server answers to an upload in chunks.
enum UploadAnswers {
    static func upload(_ offset: Int, isComplete: Bool = false) -> ChunkedUpload {
        ChunkedUpload(id: "u", url: "/chunked_upload/u/", offset: offset, status: isComplete ? 2 : 1)
    }

    static func failure(_ status: Int? = nil, body: String = "{}", delivery: Delivery = .unknown) -> ClientError {
        var context = ClientError.Context()
        context.status = status
        context.responseBody = status == nil ? nil : Array(body.utf8)
        let code = status.map { ClientError.code(forStatus: $0) } ?? .connectionLost
        return ClientError(code, "x", delivery: status == nil ? delivery : .answered, context: context)
    }

    static let named = UploadStateMachine.Upload(id: "u", url: "/chunked_upload/u/")
}
