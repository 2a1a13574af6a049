import Hummingbird
import NIOCore
import Synchronization

/// What belongs to one request from its head to its log line.
struct BackendRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    var requestID = ""
    /// The connection, for faults on purpose.
    let channel: any Channel
    /// What the log line needs to know from further inside.
    let trace = RequestTrace()

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

extension BackendRequestContext {
    /// Where the request comes from, as far as it can be told.
    var source: String { channel.remoteAddress?.ipAddress.map(Self.network(ofAddress:)) ?? "local" }

    /// The address itself, or the network of one of version 6: its first half, for the rest is the machine's own choice.
    static func network(ofAddress address: String) -> String {
        guard address.contains(":"), !address.contains(".") else { return address }
        let halves = address.prefix { $0 != "%" }.split(separator: "::", omittingEmptySubsequences: false)
        let head = halves[0].split(separator: ":")
        let tail = halves.count > 1 ? halves[1].split(separator: ":") : []
        let gap = [Substring](repeating: "0", count: max(0, 8 - head.count - tail.count))
        return (head + gap + tail).prefix(4).joined(separator: ":")
    }
}

/// Notes taken while a request is handled, for its log line.
final class RequestTrace: Sendable {
    struct Notes: Sendable {
        var route = "unknown"
        var tenant: String?
    }

    private let state = Mutex(Notes())

    var notes: Notes { state.withLock { $0 } }

    func note(route: String) { state.withLock { $0.route = route } }

    func note(tenant: String) { state.withLock { $0.tenant = tenant } }
}
