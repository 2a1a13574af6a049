import NIOCore
import NIOPosix
import SynapseModels
import Synchronization
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs jobs as processes of this machine, with the rights of the server's user.
///
/// A job has a folder of its own under `jobs/`: its archive unpacked in `plugin/`, what it prints in `console.log`, and
/// what its runner writes down; see ``LocalRunner``. The runner and the job belong to no session of the server's, so that
/// they outlive it however it ends. The handle is the job's UUID, which names the folder.
/// Source: docs/decisions/0012-local-jobs.md.
final class LocalExecutor: JobExecutor {
    private static let pieceByteCount = 256 << 10
    private static let pollInterval: Duration = .milliseconds(50)
    private static let startPatience: Duration = .seconds(15)
    /// What a runner may take on top of the grace of its job before it counts as stuck.
    private static let stopPatience: Duration = .seconds(5)
    /// Variables that installers need to reach the places that packages come from.
    private static let installerVariables: Set<String> = [
        "HOME", "PATH", "LANG", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
        "PYENV_ROOT", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
    ]
    /// Those of them that jobs get too.
    private static let passedVariables: Set<String> = [
        "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
        "http_proxy", "https_proxy", "no_proxy",
    ]

    let name = "local"
    let isRemote = false

    private let jobs: String
    private let environments: String
    private let settings: BackendServerConfiguration.Jobs
    private let threads: NIOThreadPool
    private let environment: [String: String]
    private let python = Mutex<PythonFinder.Python?>(nil)
    /// The runners that this process started: a parent is told how they end.
    private let children = Mutex<[String: pid_t]>([:])

    /// Makes an executor on the folders of jobs and of virtual environments, and the variables of this process.
    init(
        jobs: String, environments: String, settings: BackendServerConfiguration.Jobs, threads: NIOThreadPool,
        environment: [String: String]
    ) {
        self.jobs = jobs
        self.environments = environments
        self.settings = settings
        self.threads = threads
        self.environment = environment
    }

    func makeHandle(for run: JobRun) -> String { run.uuid }

    func start(_ run: JobRun, handle: String) async throws {
        let folder = folder(handle)
        let python = try await findPython()
        try check(python, for: run.settings.python)
        let child: pid_t? = try await blocking { [self] in
            if try folder.runner() != nil || folder.exit() != nil { return nil }
            try prepare(folder, run)
            let child = try ChildProcess.start(
                [python.path, "-I", "-S", folder.path + "/" + LocalRunner.filename, folder.path],
                environment: variables(for: run, folder), output: folder.console)
            children.withLock { $0[handle] = child }
            return child
        }
        guard let child else { return }
        let deadline = ContinuousClock.now.advanced(by: Self.startPatience)
        while true {
            let (isUp, exit) = try await blocking { (folder.wasTakenUp, ChildProcess.reap(child)) }
            if isUp {
                if let exit { note(exit, of: handle) }
                return
            }
            if exit != nil || ContinuousClock.now > deadline {
                if exit == nil { try await blocking { ChildProcess.end(child) } }
                children.withLock { $0[handle] = nil }
                let said = (try? FileSystem.readText(folder.console)) ?? ""
                throw JobExecutorError.refused(
                    "The runner of the job did not start with \(python.path): \(said.suffix(500))")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func follow(
        _ handle: String, from position: Int64, _ output: (JobOutput) async throws -> Void
    ) async throws -> JobExit {
        let folder = folder(handle)
        guard try await wasTakenUp(folder) else {
            throw JobExecutorError.unknownRun("There is no folder of the job \(handle), or nothing was begun in it.")
        }
        // Says that the run is there, before anything was printed.
        try await output(JobOutput(bytes: [], end: position))
        var position = position
        while true {
            // In this order: what is printed before the end is read after it.
            let isOver = try await blocking { [self] in try hasEnded(folder, handle) }
            while true {
                let piece = try await blocking { [position] in try Self.piece(folder, position) }
                guard let piece else { break }
                position = piece.end
                try await output(piece)
            }
            if isOver { return try await blocking { [self] in end(of: folder, handle) } }
            try await Task.sleep(for: Self.pollInterval)
        }
    }

    /// Whether a run has begun; a runner that is there and has not said so yet is about to.
    private func wasTakenUp(_ folder: LocalJobFolder) async throws -> Bool {
        let deadline = ContinuousClock.now.advanced(by: Self.startPatience)
        while try await !blocking({ folder.exists && folder.wasTakenUp }) {
            guard try await blocking({ try folder.runner() }) != nil, ContinuousClock.now < deadline else {
                return false
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return true
    }

    func stop(_ handle: String) async throws {
        let folder = folder(handle)
        guard let runner = try await blocking({ try folder.runner() }) else { return }
        kill(runner, SIGTERM)
        let deadline = ContinuousClock.now.advanced(by: settings.stopGrace + Self.stopPatience)
        while try await blocking({ try folder.runner() }) == runner {
            if ContinuousClock.now > deadline {
                return try await blocking {
                    guard try folder.runner() == runner else { return }
                    kill(runner, SIGKILL)
                    LocalProcesses.killAll(ofJob: handle, folder.processes())
                }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func discard(_ handle: String) async throws {
        try await blocking { [self] in
            let folder = folder(handle)
            if try folder.runner() == nil { try FileSystem.removeTree(folder.path) }
        }
        children.withLock { $0[handle] = nil }
    }

    func tidy() async throws {
        try await blocking { [environments] in try LocalEnvironments(path: environments).sweep() }
    }

    func health() async -> JobExecutorHealth {
        do {
            let python = try await findPython()
            return .ready("Python \(python.version) at \(python.path)")
        } catch {
            return .unavailable((error as? JobExecutorError)?.message ?? "\(error)")
        }
    }

    private func folder(_ handle: String) -> LocalJobFolder { LocalJobFolder(path: jobs + "/" + handle) }

    private func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        do {
            return try await threads.runIfActive(work)
        } catch let error as SystemError {
            throw JobExecutorError.unavailable("The folder of the job cannot be used: \(error)")
        }
    }

    private func findPython() async throws -> PythonFinder.Python {
        if let known = python.withLock({ $0 }), FileSystem.exists(known.path) { return known }
        let finder = PythonFinder(wanted: settings.python, environment: installerEnvironment, scratch: jobs)
        let found = try await blocking { try finder.find() }
        python.withLock { $0 = found }
        return found
    }

    // MARK: Beginning

    private func check(_ python: PythonFinder.Python, for wanted: String?) throws(JobExecutorError) {
        guard let wanted else { return }
        guard let requirement = PythonRequirement(wanted) else {
            throw .refused(
                "requires.python of the configuration, \"\(wanted.prefix(100))\", does not say versions as >=3.10 does."
            )
        }
        guard requirement.allows(python.version) else {
            throw .refused(
                "The plugin requires Python \(wanted.prefix(100)), and jobs run with \(python.version) here; give the "
                    + "server one that fits with --python.")
        }
    }

    private func prepare(_ folder: LocalJobFolder, _ run: JobRun) throws {
        try FileSystem.removeTree(folder.path)
        for path in [folder.path, folder.path + "/home", folder.path + "/tmp", environments] {
            try FileSystem.makeDirectory(path)
        }
        try PluginArchive.unpack(run.archive.path, into: folder.plugin)
        if let name = run.parametersFile {
            let path = folder.plugin + "/" + name
            try FileSystem.remove(path)
            try FileSystem.writeAtomically(run.parameters, to: path)
        }
        if case .script(let path) = run.entrypoint, !FileSystem.exists(folder.plugin + "/" + path) {
            throw JobExecutorError.refused("The archive has no file \(path), which is the entrypoint.")
        }
        let order: JSONValue = [
            "arguments": .array(run.entrypoint.arguments.map { .string($0) }),
            "requirements": .array(run.requirements.map { .string($0) }),
            "package_manager": .string(run.packageManager ?? "pip"),
            "installer_options": .array(run.settings.installerOptions.map { .string($0) }),
            "wheels": .string(run.settings.wheelsFolder),
            "environments": .string(environments),
            "archive": .string(run.archive.md5),
            "grace": .string("\(settings.stopGrace / .seconds(1))"),
            "time_limit": settings.timeLimit.map { .string("\($0 / .seconds(1))") } ?? .null,
            "memory_limit": settings.memoryByteCount.map { .integer($0) } ?? .null,
        ]
        try FileSystem.writeAtomically(order.description, to: folder.path + "/run.json")
        try FileSystem.writeAtomically(LocalRunner.source, to: folder.path + "/" + LocalRunner.filename)
    }

    /// Few variables of the server's reach a job: none that may hold what is not meant for it.
    private func variables(for run: JobRun, _ folder: LocalJobFolder) -> [String: String] {
        var variables = run.environment
        for name in Self.passedVariables { variables[name] = variables[name] ?? environment[name] }
        variables["LANG"] = variables["LANG"] ?? "C.UTF-8"
        variables["PATH"] = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        variables["HOME"] = folder.path + "/home"
        variables["TMPDIR"] = folder.path + "/tmp"
        variables["PYTHONUNBUFFERED"] = "1"
        variables["PYTHONDONTWRITEBYTECODE"] = "1"
        for (name, value) in installerEnvironment { variables["SYNAPSE_RUNNER_INSTALL_" + name] = value }
        return variables
    }

    private var installerEnvironment: [String: String] {
        environment.filter { name, _ in
            Self.installerVariables.contains(name) || name.hasPrefix("PIP_") || name.hasPrefix("UV_")
        }
    }

    // MARK: Following

    private static func piece(_ folder: LocalJobFolder, _ position: Int64) throws -> JobOutput? {
        guard FileSystem.exists(folder.console) else { return nil }
        let file = try OpenFile(path: folder.console, mode: .reading)
        let bytes = Array(buffer: try file.read(at: position, count: pieceByteCount))
        if bytes.isEmpty { return nil }
        return JobOutput(bytes: bytes, end: position + Int64(bytes.count), time: try file.modificationTime())
    }

    private func hasEnded(_ folder: LocalJobFolder, _ handle: String) throws -> Bool {
        if let child = children.withLock({ $0[handle] }), let exit = ChildProcess.reap(child) { note(exit, of: handle) }
        guard try folder.runner() == nil else { return false }
        // A runner that wrote no end was killed: nobody else ends what it left running.
        if folder.exit() == nil { LocalProcesses.killAll(ofJob: handle, folder.processes()) }
        return true
    }

    /// How a runner of this process ended, for those that wrote down nothing.
    private let ends = Mutex<[String: JobExit]>([:])

    private func note(_ exit: JobExit, of handle: String) {
        children.withLock { $0[handle] = nil }
        ends.withLock { $0[handle] = exit }
    }

    private func end(of folder: LocalJobFolder, _ handle: String) -> JobExit {
        if let child = children.withLock({ $0[handle] }), let exit = ChildProcess.reap(child) { note(exit, of: handle) }
        let told = ends.withLock { $0.removeValue(forKey: handle) }
        if let exit = folder.exit() { return exit }
        if case .signal(let signal) = told?.cause {
            return JobExit(
                .lost,
                reason: "The job's runner was killed by \(JobOutcome.name(of: signal)), and what it ran was ended.")
        }
        return JobExit(
            .lost, reason: "The job's runner was killed, or the machine was restarted: nobody saw how the job ended.")
    }
}
