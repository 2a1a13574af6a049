import Logging
import SynapseClient
import SynapseTestSupport
import Synchronization

/// A client over a scripted transport, with pauses that take no time.
func makeClient(
    baseURL: String = "http://backend", credentials: ClientConfiguration.Credentials = .init(accessToken: "tok"),
    retry: ClientConfiguration.RetryPolicy = .init(), limits: ClientConfiguration.Limits = .init(),
    urlHost: String? = nil, transport: ScriptedTransport, clock: ManualClock = ManualClock(),
    checkpoints: UploadCheckpoints = .memory, configure: (inout ClientConfiguration) -> Void = { _ in }
) throws -> BackendClient {
    var configuration = ClientConfiguration(
        baseURL: baseURL, credentials: credentials, retry: retry, limits: limits, urlHost: urlHost
    )
    configuration.checkpoints = checkpoints
    configure(&configuration)
    return try BackendClient(
        configuration: configuration, transport: transport, clock: clock.clock, logger: .silent, jitter: { $0 }
    )
}

/// The error that `body` ends with, or `nil`.
func failure(of body: () async throws -> Void) async -> ClientError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? ClientError
    }
}

extension Logger {
    /// Keeps the output of the tests to what failed.
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

/// Rows `{"id": …}` of one page, with the link to the next.
func pageBody(ids: ClosedRange<Int>, count: Int?, next: String?) -> String {
    let rows = ids.map { "{\"id\":\($0)}" }.joined(separator: ",")
    let total = count.map { "\"count\":\($0)," } ?? ""
    return "{\(total)\"next\":\(next.map { "\"\($0)\"" } ?? "null"),\"previous\":null,\"results\":[\(rows)]}"
}

/// A value that a test and its closures share.
final class Shared<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) { mutex = Mutex(value) }

    var value: Value { mutex.withLock { $0 } }

    func change(_ body: @Sendable (inout Value) -> Void) { mutex.withLock { body(&$0) } }
}
