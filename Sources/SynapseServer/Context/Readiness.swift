import Synchronization

/// Tells those who wait whether the server listens or has failed, whichever comes first.
final class Readiness: Sendable {
    private enum State {
        case waiting([Int: CheckedContinuation<String, any Error>])
        case ready(String)
        case failed(any Error)
    }

    private let state = Mutex((state: State.waiting([:]), nextID: 0))

    /// The address, once the server listens.
    var address: String? {
        state.withLock { if case .ready(let address) = $0.state { address } else { nil } }
    }

    func succeed(_ address: String) { settle(.ready(address), .success(address)) }

    func fail(_ error: any Error) { settle(.failed(error), .failure(error)) }

    func wait() async throws -> String {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<String, any Error>? = state.withLock { state in
                    switch state.state {
                    case .ready(let address): return .success(address)
                    case .failed(let error): return .failure(error)
                    case .waiting(var waiting):
                        if Task.isCancelled { return .failure(CancellationError()) }
                        waiting[id] = continuation
                        state.state = .waiting(waiting)
                        return nil
                    }
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let continuation = state.withLock { state -> CheckedContinuation<String, any Error>? in
                guard case .waiting(var waiting) = state.state else { return nil }
                let continuation = waiting.removeValue(forKey: id)
                state.state = .waiting(waiting)
                return continuation
            }
            continuation?.resume(throwing: CancellationError())
        }
    }

    private func settle(_ new: State, _ outcome: Result<String, any Error>) {
        let waiting = state.withLock { state -> [CheckedContinuation<String, any Error>] in
            defer { state.state = new }
            if case .waiting(let waiting) = state.state { return Array(waiting.values) }
            return []
        }
        for continuation in waiting { continuation.resume(with: outcome) }
    }
}
