#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import GRDB
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// The Synapse backend API on one machine: SQLite and local files behind HTTP.
///
/// A server opens its data directory when it is made, and listens while ``run()`` runs. For a server that lives as long
/// as a closure, see ``withBackendServer(_:_:)``.
///
/// ```swift
/// let server = try BackendServer(BackendServerConfiguration(dataDirectory: "./synapse-data"))
/// try await server.run()
/// ```
public final class BackendServer: Service, Sendable {
    /// The token that a fresh backend is administered with; it belongs to the tenant `default`.
    public let adminToken: String
    /// Where the token is kept, readable by its owner alone.
    public let adminTokenPath: String

    let services: Services
    let readiness: Readiness
    private let directory: DataDirectory

    /// Opens the data directory, makes what is missing in it, and sweeps what a crash may have left.
    ///
    /// - Throws: ``BackendServerError`` coded `invalid_argument` when a setting is not usable; `directory_unusable`,
    ///   `directory_in_use` or `database_unusable`.
    public init(_ configuration: BackendServerConfiguration) throws {
        try configuration.check()
        directory = try DataDirectory(path: configuration.dataDirectory)
        try directory.makeDatabasePrivate()
        let database = try ServerDatabase(path: directory.database)
        adminTokenPath = directory.adminToken
        do {
            adminToken = try Self.adminToken(directory, database)
            let secret = try database.pool.write { try TenantRepository().signingSecret($0) }
            let threads = NIOThreadPool(numberOfThreads: 8)
            threads.start()
            let files = LocalFileStore(directory: directory, threads: threads)
            let executor = try Self.executor(configuration, directory, threads)
            services = Services(
                configuration: configuration,
                database: database,
                cache: ListCache(),
                files: files,
                assembler: ChunkAssembler(files: files),
                authenticator: Authenticator(database: database),
                passwords: PasswordKeeper(
                    files: files, throttle: LoginThrottle(now: configuration.loginTime)),
                signer: URLSigner(secret: secret),
                status: ServerStatus(),
                watch: JobWatch(maximumTailCount: configuration.limits.tailCount),
                executor: executor
            )
            if let plan = configuration.faultPlan {
                var table = RouteTable(services: services) { "" }
                Routes.addAll(to: &table)
                try plan.check(routes: table.summary)
            }
            let sweep = StartupSweep(database: database, files: files, logger: configuration.logger)
            services.status.note(try sweep.run())
            try database.pool.write { db in
                if executor == nil {
                    try EmbeddedAgent.unregister(db)
                } else {
                    try EmbeddedAgent.register(db, url: nil)
                }
            }
        } catch let error as BackendServerError {
            throw error
        } catch {
            throw BackendServerError(
                code: .directoryUnusable,
                message: "The data directory \(directory.path) cannot be prepared: \(error).", underlying: error)
        }
        readiness = Readiness()
    }

    deinit {
        services.files.threads.shutdownGracefully { _ in }
    }

    /// What the sweep at the start found.
    public var sweepReport: SweepReport { services.status.lastSweep }

    /// Waits until the server listens and answers its address, such as `http://127.0.0.1:8000`.
    ///
    /// - Throws: ``BackendServerError`` coded `address_unusable` or `not_running` when it does not come to that.
    public func waitUntilReady() async throws -> String {
        try await readiness.wait()
    }

    /// Listens until the service group or the task is asked to stop.
    ///
    /// A graceful shutdown takes no new connections and lets requests that are under way finish, for
    /// ``BackendServerConfiguration/shutdownGrace`` at most; then the database is closed. A server runs once.
    ///
    /// - Throws: ``BackendServerError`` coded `address_unusable` when the address cannot be listened on.
    public func run() async throws {
        do {
            try await runUntilStopped()
            readiness.fail(BackendServerError(code: .notRunning, message: "The server has ended."))
            try close()
        } catch {
            let told = Self.explain(error, services.configuration)
            readiness.fail(told)
            try? close()
            throw told
        }
    }

    private func runUntilStopped() async throws {
        let configuration = services.configuration
        let application = makeApplication()
        let maintenance = Maintenance(services: services)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            group.addTask { try await maintenance.run() }
            group.addTask { try await self.runJobs() }
            group.addTask {
                try? await gracefulShutdown()
                try await Task.sleep(for: configuration.shutdownGrace)
            }
            // The application ends first when it was asked to stop or failed; the last task when the grace is over.
            try await group.next()
            group.cancelAll()
        }
    }

    /// Runs jobs, when this server does, until it is cancelled.
    private func runJobs() async throws {
        guard let executor = services.executor else { return try await Task.sleep(for: .seconds(Int64.max >> 8)) }
        let address = try await readiness.wait()
        try await registerAgent(address)
        let url = executor.isRemote ? services.configuration.publicURL ?? address : Self.loopback(address)
        try await JobScheduler(executor: executor, services: services, backendURL: url).run()
    }

    /// Says where jobs are run; a database that takes nothing for a moment is no reason to end.
    private func registerAgent(_ address: String) async throws {
        while true {
            do {
                return try await services.database.write { db in try EmbeddedAgent.register(db, url: address) }
            } catch  where ServerDatabase.mayPass(error) {
                services.configuration.logger.warning("jobs wait for the database", metadata: ["error": "\(error)"])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// The address as programs of this machine reach it.
    private static func loopback(_ address: String) -> String {
        address.replacing("//0.0.0.0:", with: "//127.0.0.1:").replacing("//[::]:", with: "//[::1]:")
    }

    private static func executor(
        _ configuration: BackendServerConfiguration, _ directory: DataDirectory, _ threads: NIOThreadPool
    ) throws -> (any JobExecutor)? {
        guard configuration.jobs.isEnabled else { return nil }
        if let ray = configuration.jobs.ray {
            guard let address = RayAddress(ray) else {
                throw BackendServerError(
                    code: .invalidArgument,
                    message: "The address of Ray is like http://HOST:8265, without a user or a query.")
            }
            return RayExecutor(
                address: address, timeLimit: configuration.jobs.timeLimit,
                memoryByteCount: configuration.jobs.memoryByteCount)
        }
        return LocalExecutor(
            jobs: try FileSystem.absolutePath(of: directory.jobs),
            environments: try FileSystem.absolutePath(of: directory.path) + "/environments",
            settings: configuration.jobs, threads: threads, environment: ProcessInfo.processInfo.environment)
    }

    private func makeApplication() -> some ApplicationProtocol {
        let configuration = services.configuration
        var table = RouteTable(services: services) { [readiness] in readiness.address ?? "http://127.0.0.1" }
        Routes.addAll(to: &table)
        var logger = configuration.logger
        // What Hummingbird logs below this is thrown as well, or is a connection that ended while the server stopped.
        logger.logLevel = .critical
        return Application(
            responder: BackendResponder(
                table: table, faults: configuration.faultPlan, logger: configuration.logger),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionSetup()],
                    idleTimeout: TimeAmount(configuration.idleTimeout))),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    configuration.maximumConnectionCount ?? Self.standardConnectionCount, logger: logger)),
            onServerRunning: { [readiness] channel in
                readiness.succeed(Self.address(of: channel, configuration))
            },
            logger: logger
        )
    }

    /// What the limit of open files leaves room for: each connection may hold a file beside its socket, and the
    /// database needs some.
    private static var standardConnectionCount: Int {
        var limit = rlimit()
        #if canImport(Glibc)
        let result = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #else
        let result = unsafe getrlimit(RLIMIT_NOFILE, &limit)
        #endif
        guard result == 0 else { return 64 }
        return min(4096, max(8, (Int(clamping: limit.rlim_cur) - 64) / 2))
    }

    private func close() throws {
        // Nothing listens any more: whoever asks later finds no agent here.
        try? services.database.pool.write { try EmbeddedAgent.unregister($0) }
        try services.database.close()
    }

    private static func address(of channel: any Channel, _ configuration: BackendServerConfiguration) -> String {
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        return "http://\(host):\(channel.localAddress?.port ?? configuration.port)"
    }

    private static func explain(_ error: any Error, _ configuration: BackendServerConfiguration) -> any Error {
        switch error {
        case is CancellationError, is BackendServerError: error
        case is IOError, is SocketAddressError, is SocketAddressError.UnknownHost:
            BackendServerError(
                code: .addressUnusable,
                message: "The address \(configuration.host):\(configuration.port) cannot be listened on: "
                    + "\(reason(error)). Choose another address or port.",
                underlying: error)
        default: error
        }
    }

    private static func reason(_ error: any Error) -> String {
        guard let code = (error as? IOError)?.errnoCode else { return "the host is not known" }
        return unsafe String(cString: strerror(code))
    }

    /// Reads the token, or makes one when there is none or it was revoked; and sees to it that the database knows it.
    private static func adminToken(_ directory: DataDirectory, _ database: ServerDatabase) throws -> String {
        let kept = try FileSystem.readText(directory.adminToken)?.filter { !$0.isWhitespace }
        let usable = kept.flatMap { $0.isEmpty ? nil : $0 }
        // The row comes first: a file whose token the database does not know would lock the owner out. One that was
        // revoked is replaced for the same reason: whoever can restart the server can administer it.
        let token = try database.pool.write { db in
            let tenants = TenantRepository()
            try tenants.prepare(db)
            var token = usable ?? TokenMaker.random()
            if try tenants.isRevoked(db, token: token) { token = TokenMaker.random() }
            if let tenant = try tenants.id(db, code: TenantRepository.defaultCode) {
                try tenants.keep(db, token: token, tenant: tenant, description: "Administrator")
            }
            return token
        }
        if kept != token { try FileSystem.writeAtomically(token + "\n", to: directory.adminToken) }
        return token
    }
}

extension BackendServer: CustomReflectable {
    /// Where the token is kept; the token itself, and what else holds secrets, is left out.
    public var customMirror: Mirror { Mirror(self, children: ["adminTokenPath": adminTokenPath]) }
}
