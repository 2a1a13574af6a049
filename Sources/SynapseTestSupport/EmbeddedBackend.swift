#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
public import Logging
public import SynapseServer

/// A backend server in this process, on a port of its own and in a folder of its own.
public struct EmbeddedBackend: Sendable {
    /// The address, such as `http://127.0.0.1:40123`.
    public let url: String
    /// The port on 127.0.0.1, for a ``FaultProxy`` before it.
    public var port: Int { url.split(separator: ":").last.flatMap { Int($0) } ?? 0 }
    /// The token of the tenant `default`.
    public let adminToken: String
    /// The data directory.
    public let dataDirectory: String
    /// The server, for tenants and tokens.
    public let server: BackendServer
}

/// Runs a backend server for as long as a closure runs, then removes its data.
///
/// The socket and the database are real; the address is loopback and the port is the system's choice.
///
/// - Parameters:
///   - logger: Where the server's log goes; nowhere unless given.
///   - configure: Changes the configuration before the server is made.
///   - body: What is done with the server.
/// - Returns: What the closure returns.
/// - Throws: What the closure throws, and what keeps the server from starting.
public func withEmbeddedBackend<Result: Sendable>(
    logger: Logger? = nil,
    configure: (inout BackendServerConfiguration) -> Void = { _ in },
    _ body: (EmbeddedBackend) async throws -> Result
) async throws -> Result {
    try await withTemporaryDirectory { directory in
        try await withEmbeddedBackend(in: directory, logger: logger, configure: configure, body)
    }
}

/// Runs a backend server on a data directory that outlives it, to see what a restart keeps.
public func withEmbeddedBackend<Result: Sendable>(
    in directory: String,
    logger: Logger? = nil,
    configure: (inout BackendServerConfiguration) -> Void = { _ in },
    _ body: (EmbeddedBackend) async throws -> Result
) async throws -> Result {
    let silent = Logger(label: "synapse.test") { _ in SwiftLogNoOpLogHandler() }
    var configuration = BackendServerConfiguration(dataDirectory: directory, port: 0, logger: logger ?? silent)
    configure(&configuration)
    return try await withBackendServer(configuration) { running in
        try await body(
            EmbeddedBackend(
                url: running.url, adminToken: running.adminToken, dataDirectory: directory, server: running.server))
    }
}

/// Makes a folder, runs a closure, and removes the folder with all that is in it.
public func withTemporaryDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let directory = FileManager.default.temporaryDirectory.path + "/synapse-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    do {
        let result = try await body(directory)
        try FileManager.default.removeItem(atPath: directory)
        return result
    } catch {
        try? FileManager.default.removeItem(atPath: directory)
        throw error
    }
}
