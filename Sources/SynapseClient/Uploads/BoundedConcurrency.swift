/// Runs `body` for each input with at most `limit` at a time, and keeps the order of the inputs.
///
/// A throwing `body` ends the run; a body that answers with a `Result` loses nothing.
package func mapConcurrently<Input: Sendable, Output: Sendable>(
    _ inputs: [Input], limit: Int, _ body: @escaping @Sendable (Int, Input) async throws -> Output
) async throws -> [Output] {
    var outputs: [Output?] = Array(repeating: nil, count: inputs.count)
    try await withThrowingTaskGroup(of: (Int, Output).self) { group in
        var started = 0
        func startNext() {
            guard started < inputs.count else { return }
            let (index, input) = (started, inputs[started])
            group.addTask { (index, try await body(index, input)) }
            started += 1
        }
        for _ in 0..<max(1, limit) { startNext() }
        while let (index, output) = try await group.next() {
            outputs[index] = output
            startNext()
        }
    }
    return outputs.compactMap(\.self)
}
