import ArgumentParser
import Logging
import ServiceLifecycle
import SynapseServer
import UnixSignals

/// `synapse serve`.
struct ServeCommand: AsyncParsableCommand, HandlesSignals {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the Synapse API from a folder on this machine.",
        discussion: """
            The folder is made on the first start: a database, the files, and the token of the administrator. Ctrl-C \
            finishes what is under way and ends.
            """)

    @Option(name: .long, help: "The folder that holds everything.")
    var data = "./synapse-data"

    @Option(name: .long, help: "The address to listen on. Any but a loopback address is open to the network.")
    var host = "127.0.0.1"

    @Option(name: .long, help: "The port; 0 takes any that is free.")
    var port = 8000

    @Option(
        name: .long,
        help: "The address that links begin with and that jobs of a cluster use; that of the request unless given.")
    var publicUrl: String?

    @Option(name: .long, help: "What POST data_units/ answers to a list: 'list', or 'results' for an envelope.")
    var createdUnits = CreatedUnits.list

    @Option(
        name: .long,
        help: "Bytes of a part of files that are sent by signed URLs; smaller files are sent in one request.")
    var partSize: Int64 = 100 << 20

    @Option(name: .long, help: "Hours after its last chunk that an upload in chunks is kept when it is not finished.")
    var uploadLifetime = 24.0

    @Option(
        name: .long,
        help: "A JSON file of faults that the server makes on purpose, to try programs against; see docs/fault-plan.md."
    )
    var faultPlan: String?

    @OptionGroup(title: "Jobs") var jobs: JobOptions

    @Option(name: .long, help: "The least level that is logged.")
    var logLevel = LogLevel.info

    enum LogLevel: String, ExpressibleByArgument, CaseIterable {
        case debug, info, notice, warning, error
    }

    enum CreatedUnits: String, ExpressibleByArgument, CaseIterable {
        case list
        case results
    }

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port is 0 to 65535, not \(port)") }
        if let publicUrl, !publicUrl.hasPrefix("http://") && !publicUrl.hasPrefix("https://") {
            throw ValidationError("--public-url begins with http:// or https://, not \(publicUrl)")
        }
        guard partSize > 0 else { throw ValidationError("--part-size is above 0 bytes, not \(partSize)") }
        guard uploadLifetime > 0, uploadLifetime <= 87_600 else {
            throw ValidationError("--upload-lifetime is above 0 and at most 87600 hours, not \(uploadLifetime)")
        }
    }

    func run() async throws {
        let logger = ProgramLog.logger("synapse.server", level: Logger.Level(rawValue: logLevel.rawValue) ?? .notice)
        var configuration = BackendServerConfiguration(dataDirectory: data, host: host, port: port, logger: logger)
        configuration.presigned.thresholdByteCount = partSize
        configuration.presigned.partByteCount = partSize
        configuration.uploadLifetime = .seconds(uploadLifetime * 3600)
        configuration.wrapsCreatedUnits = createdUnits == .results
        configuration.publicURL = publicUrl
        jobs.apply(to: &configuration.jobs)
        configuration.faultPlan = try readFaultPlan()
        let server = try makeServer(configuration)
        let group = ServiceGroup(
            configuration: .init(services: [server], gracefulShutdownSignals: [.sigint, .sigterm], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let url = try await server.waitUntilReady()
            try Terminal.write("Serving \(url)\nThe token is in \(data)/admin-token\n")
            if !["127.0.0.1", "::1", "localhost"].contains(host) {
                Terminal.say(
                    "Listening on \(host): everybody who reaches it can connect, and traffic is not encrypted.")
                if configuration.jobs.isEnabled {
                    Terminal.say(
                        "Whoever has a token runs programs here with the rights of this user; --no-jobs turns that off."
                    )
                }
            }
            await jobs.report(server)
            try await tasks.waitForAll()
        }
    }

    private func readFaultPlan() throws -> FaultPlan? {
        guard let faultPlan else { return nil }
        guard let bytes = InputFile.read(faultPlan, upTo: 1 << 20) else {
            throw UsageError("--fault-plan: the file \(faultPlan) can't be read")
        }
        do {
            let plan = try FaultPlan(parsing: bytes)
            Terminal.say("Faults on purpose: \(plan.ruleCount) rules of \(faultPlan). Not for real work.")
            return plan
        } catch {
            throw UsageError("--fault-plan \(faultPlan): \(error.message)")
        }
    }

    /// Opens the server; routes that a fault plan names are known only there.
    private func makeServer(_ configuration: BackendServerConfiguration) throws -> BackendServer {
        do {
            return try BackendServer(configuration)
        } catch let error as BackendServerError where error.code == .invalidArgument && faultPlan != nil {
            throw UsageError("--fault-plan \(faultPlan ?? ""): \(error.message)")
        }
    }
}
