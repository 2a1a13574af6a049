/// One layer of the pipeline: sees an attempt on its way down and the answer on its way up.
package protocol ClientMiddleware: Sendable {
    typealias Next = @Sendable (Attempt) async throws -> ClientResponse

    /// - Throws: ``ClientError`` or `CancellationError`.
    func intercept(_ attempt: Attempt, next: Next) async throws -> ClientResponse
}
