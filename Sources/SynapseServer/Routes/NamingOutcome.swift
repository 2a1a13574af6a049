import Synchronization

/// Whether a row came to name the new file.
final class NamingOutcome: Sendable {
    private let state = Mutex(false)

    var isNamed: Bool { state.withLock { $0 } }

    func note(_ isNamed: Bool) { state.withLock { $0 = isNamed } }
}
