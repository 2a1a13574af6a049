import Synchronization

/// One holder per key; the others wait in line.
package final class KeyedLock: Sendable {
    /// A key is present while it is held; its value is the line behind the holder.
    private let lines = Mutex<[String: [CheckedContinuation<Void, Never>]]>([:])

    package init() {}

    /// Runs `body` while no other call holds the key.
    ///
    /// The wait is not ended by cancellation, but it is bounded by the holders before, which are: their `body` ends when
    /// they are cancelled.
    package func withLock<Value>(on key: String, _ body: () async throws -> Value) async throws -> Value {
        await withCheckedContinuation { continuation in
            let isFree = lines.withLock { lines in
                guard lines[key] != nil else {
                    lines[key] = []
                    return true
                }
                lines[key]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        defer { release(key) }
        try Task.checkCancellation()
        return try await body()
    }

    private func release(_ key: String) {
        let next = lines.withLock { lines -> CheckedContinuation<Void, Never>? in
            guard var line = lines[key], !line.isEmpty else {
                lines[key] = nil
                return nil
            }
            let first = line.removeFirst()
            lines[key] = line
            return first
        }
        next?.resume()
    }
}
