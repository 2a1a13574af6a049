import Synchronization

/// What each origin has said about itself in `Synapse-Capabilities`.
///
/// A set of a few strings; an origin that has said once that it honours keys is believed from then on.
package final class OriginCapabilities: Sendable {
    private let origins = Mutex<Set<WebAddress.Origin>>([])

    package init() {}

    package func note(_ header: String?, from origin: WebAddress.Origin) {
        guard let header else { return }
        let names = header.split(separator: ",").map { $0.filter { !$0.isWhitespace }.lowercased() }
        guard names.contains("idempotency-key") else { return }
        origins.withLock { _ = $0.insert(origin) }
    }

    package func honoursKeys(_ origin: WebAddress.Origin) -> Bool {
        origins.withLock { $0.contains(origin) }
    }
}
