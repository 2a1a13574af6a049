import Crypto
import NIOPosix
import SynapseModels

/// Runs jobs on a Ray cluster, by Ray's Jobs API.
///
/// A release's archive becomes a package that is known by its content: it is sent once, and again when the cluster has
/// dropped it. Each run brings a small package of its own with ``RayLauncher`` and the job's variables. The handle is
/// Ray's submission id, and Ray refuses one that it has: however often a start is repeated, the job runs once.
struct RayExecutor: JobExecutor {
    /// Variables that everybody may see who reaches Ray's dashboard; the tasks that a job starts on other nodes find them.
    private static let openVariables: Set<String> = [
        "SYNAPSE_JOB_ID", "SYNAPSE_HOST", "SYNAPSE_TENANT", "SYNAPSE_LANGUAGE", "SYNAPSE_ACTION_ENTRYPOINT",
        "SYNAPSE_PLUGIN_RUN_HOST", "SYNAPSE_PLUGIN_RUN_TENANT", "SYNAPSE_PLUGIN_RELEASE_CODE",
        "SYNAPSE_PLUGIN_RELEASE_CHECKSUM",
    ]
    private static let healthLimit: Duration = .seconds(3)
    private static let stopAttemptCount = 20

    let client: RayClient
    let tail: RayLogTail
    /// How long a job may take; any time unless set.
    let timeLimit: Duration?
    /// Bytes of address space that each process of a job may have; any number unless set.
    let memoryByteCount: Int64?

    let name = "ray"
    let isRemote = true

    init(address: RayAddress, timeLimit: Duration? = nil, memoryByteCount: Int64? = nil) {
        client = RayClient(address: address)
        tail = RayLogTail(address: address, silence: .seconds(2))
        self.timeLimit = timeLimit
        self.memoryByteCount = memoryByteCount
    }

    func makeHandle(for run: JobRun) -> String { "synapse-\(run.uuid)" }

    func start(_ run: JobRun, handle: String) async throws {
        do {
            let release = try await RayPackage(
                run.archive, wheelsFolder: run.settings.wheelsFolder, address: client.address)
            if try await !client.hasPackage(release.name) {
                try await client.upload(release.name, .file(release.file, byteCount: run.archive.byteCount))
            }
            let bundle = RayBundle(run, timeLimit: timeLimit, memoryByteCount: memoryByteCount)
            if try await !client.hasPackage(bundle.name) { try await client.upload(bundle.name, .bytes(bundle.bytes)) }
            do {
                try await client.submit(submission(run, handle, release, bundle))
            } catch let error as RayError where error.code != .unreachable {
                // A submission that Ray has already is refused, the one whose answer was lost as well.
                if (try? await client.job(handle)) == nil { throw error }
            }
        } catch let error as RayError {
            throw error.code == .notFound ? .unavailable(error.message) : error.executorError
        }
    }

    func stop(_ handle: String) async throws {
        do {
            for _ in 0..<Self.stopAttemptCount {
                if try await client.job(handle).status.isFinal { return }
                if try await client.stop(handle) { return }
                // The actor that would be asked is not there yet.
                try await Task.sleep(for: .milliseconds(500))
            }
            throw JobExecutorError.unavailable("Ray at \(client.address) does not stop the job.")
        } catch let error as RayError {
            if error.code != .notFound { throw JobExecutorError.unavailable(error.message) }
        }
    }

    func discard(_ handle: String) async throws {
        do {
            try await client.delete(handle)
        } catch let error as RayError {
            if error.code != .notFound { throw JobExecutorError.unavailable(error.message) }
        }
    }

    /// Ray drops packages that nothing uses by itself.
    func tidy() async throws {}

    func health() async -> JobExecutorHealth {
        do {
            let version = try await client.version(within: Self.healthLimit)
            try await client.checkJobs(within: Self.healthLimit)
            return .ready("Ray \(version) at \(client.address)")
        } catch {
            return .unavailable((error as? RayError)?.message ?? "Ray at \(client.address) was not asked.")
        }
    }

    private func submission(
        _ run: JobRun, _ handle: String, _ release: RayPackage, _ bundle: RayBundle
    ) -> JSONValue {
        var variables = JSONObject()
        for (key, value) in run.environment.sorted(by: { $0.key < $1.key }) where Self.openVariables.contains(key) {
            variables[key] = .string(value)
        }
        var environment: JSONObject = [
            "working_dir": .string(release.uri), "py_modules": [.string("gcs://\(bundle.name)")],
            "env_vars": .object(variables),
        ]
        let packages = release.packages(run.requirements)
        if !packages.isEmpty {
            let tool = run.packageManager == "uv" ? "uv" : "pip"
            var wanted: JSONObject = ["packages": .array(packages.map { .string($0) })]
            if !run.settings.installerOptions.isEmpty {
                wanted[tool + (tool == "uv" ? "_pip" : "") + "_install_options"] = .array(
                    run.settings.installerOptions.flatMap { $0.split(separator: " ") }.map { .string(String($0)) })
            }
            environment[tool] = .object(wanted)
        }
        return [
            "entrypoint": .string(RayLauncher.entrypoint),
            "submission_id": .string(handle),
            "runtime_env": .object(environment),
            "metadata": [
                "synapse_job": .string(run.uuid), "synapse_plugin": .string("\(run.pluginCode)@\(run.version)"),
                "synapse_action": .string(run.action),
            ],
        ]
    }
}
