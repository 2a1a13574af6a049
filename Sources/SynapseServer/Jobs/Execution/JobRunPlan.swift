import GRDB
import SynapseModels

/// What a job's rows say about running it here.
struct JobRunPlan: Sendable {
    /// Parameters from this many characters on are handed over in a file.
    ///
    /// Source: the SDK's own limit, docs/wire-protocol.md, "Job runtime".
    private static let longestParameterCount = 32_000
    private static let parametersFile = ".synapse_params.json"

    let job: JobRecord
    let release: PluginReleaseRecord
    let pluginCode: String
    let tenantCode: String
    let archive: PluginReleaseRecord.File
    let entrypoint: JobEntrypoint

    /// - Throws: ``JobExecutorError`` coded `.refused` that says why the job can never run here.
    init(_ db: Database, _ key: JobRecord.Key) throws {
        job = try JobRepository(tenant: key.tenant).existing(db, "\(key.id)")
        release = try PluginReleaseRepository(tenant: key.tenant).existing(db, job.release)
        pluginCode = try PluginRepository(tenant: key.tenant).existing(
            db, .id(Plugin.ID(rawValue: Int(release.plugin)))
        ).values.code
        tenantCode = try String.fetchOne(db, sql: "SELECT code FROM tenant WHERE id = ?", arguments: [key.tenant]) ?? ""
        guard let file = release.file else {
            throw JobExecutorError.refused("Release \(release.values.version) has no archive.")
        }
        archive = file
        entrypoint = try Self.entrypoint(of: job.action, in: release)
    }

    /// - Throws: ``JobExecutorError`` coded `.refused` that says why the action is nothing that can be run as a job.
    static func entrypoint(
        of action: String, in release: PluginReleaseRecord
    ) throws(JobExecutorError) -> JobEntrypoint {
        let version = release.values.version
        guard let found = release.actions.first(where: { $0.name == action }) else {
            throw .refused("The configuration of release \(version) has no action \"\(action)\".")
        }
        let row = try? found.value.row()
        let method = Self.text(row, "method") ?? (action == "inference" ? "serve" : "job")
        guard method == "job" || method == "task" else {
            throw .refused("The action \"\(action)\" has the method \"\(method)\"; only jobs and tasks are run here.")
        }
        guard let text = Self.text(row, "entrypoint"), !text.isEmpty else {
            throw .refused("The configuration of release \(version) gives the action \"\(action)\" no entrypoint.")
        }
        guard let entrypoint = JobEntrypoint(text) else {
            throw .refused(
                "The entrypoint \"\(text.prefix(200))\" is neither a class as package.module.Class nor a file as main.py."
            )
        }
        return entrypoint
    }

    /// All that an executor needs; reads the archive's configuration.
    ///
    /// - Throws: ``JobExecutorError`` coded `.refused` when that cannot be read.
    func run(token: String, backendURL: String, files: LocalFileStore) async throws -> JobRun {
        let path = files.path(of: archive.name)
        let settings = try await files.run { try PluginSettings(archive: path) }
        var environment = settings.environment.filter { Self.isName($0.key) }.merging(configured) { $1 }
        environment["SYNAPSE_ACTION_ENTRYPOINT"] = entrypoint.text
        environment["SYNAPSE_JOB_ID"] = job.uuid
        environment["SYNAPSE_LANGUAGE"] = job.language
        environment["SYNAPSE_HOST"] = backendURL
        environment["SYNAPSE_PLUGIN_RUN_HOST"] = backendURL
        environment["SYNAPSE_ACCESS_TOKEN"] = token
        environment["SYNAPSE_PLUGIN_RUN_USER_TOKEN"] = token
        environment["SYNAPSE_TENANT"] = tenantCode
        environment["SYNAPSE_PLUGIN_RUN_TENANT"] = tenantCode
        environment["SYNAPSE_PLUGIN_RELEASE_CODE"] = "\(pluginCode)@\(release.values.version)"
        environment["SYNAPSE_PLUGIN_RELEASE_CHECKSUM"] = archive.md5
        let isLong = job.params.unicodeScalars.count >= Self.longestParameterCount
        if isLong {
            environment["SYNAPSE_ACTION_PARAMS_FILE"] = Self.parametersFile
        } else {
            environment["SYNAPSE_ACTION_PARAMS"] = job.params
        }
        return JobRun(
            uuid: job.uuid, pluginCode: pluginCode, version: release.values.version,
            archive: .init(path: path, byteCount: archive.byteCount, md5: archive.md5),
            config: release.config, action: job.action, entrypoint: entrypoint, parameters: job.params,
            parametersFile: isLong ? Self.parametersFile : nil, environment: environment,
            requirements: (try? [String](reading: RawJSON(stored: release.values.requirements))) ?? [],
            settings: settings)
    }

    /// The variables that the configuration sets that was sent with the release, under `env`.
    private var configured: [String: String] {
        guard let row = try? release.config.row(), let env = row["env"]?.value.objectValue else { return [:] }
        var variables: [String: String] = [:]
        for member in env where Self.isName(member.key) {
            variables[member.key] = member.value.stringValue ?? member.value.description
        }
        return variables
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 == 0x5F || (0x30...0x39).contains($0) || isLetter($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }

    private static func text(_ row: JSONRow?, _ key: String) -> String? {
        row?[key].flatMap { try? String(reading: $0) }
    }
}
