import Logging
import ServiceLifecycle

/// A server that is listening.
public struct RunningBackend: Sendable {
    /// Its address, such as `http://127.0.0.1:40123`.
    public let url: String
    /// The token that it is administered with.
    public let adminToken: String
    /// The server itself, for tenants and tokens.
    public let server: BackendServer
}

extension RunningBackend: CustomStringConvertible, CustomReflectable {
    /// The address; the token is left out.
    public var description: String { "RunningBackend(\(url))" }

    /// The address and the server; the token is left out.
    public var customMirror: Mirror { Mirror(self, children: ["url": url, "server": server]) }
}

/// Runs a server for as long as a closure runs.
///
/// The server is asked to stop, and has stopped, when this returns or throws, however the closure ends.
///
/// - Throws: What the closure throws; ``BackendServerError`` when the server cannot start.
public func withBackendServer<Result: Sendable>(
    _ configuration: BackendServerConfiguration,
    _ body: (RunningBackend) async throws -> Result
) async throws -> Result {
    let server = try BackendServer(configuration)
    let group = ServiceGroup(configuration: .init(services: [server], logger: configuration.logger))
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let result: Swift.Result<Result, any Error>
        do {
            let url = try await server.waitUntilReady()
            result = .success(
                try await body(RunningBackend(url: url, adminToken: server.adminToken, server: server)))
        } catch {
            result = .failure(error)
        }
        await group.triggerGracefulShutdown()
        do {
            try await tasks.waitForAll()
        } catch is CancellationError {
            // The closure decides what a cancellation means; one that has its result keeps it.
        } catch {
            // The first failure tells more than the one that it led to.
            if case .success = result { throw error }
        }
        return try result.get()
    }
}
