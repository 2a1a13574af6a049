import SynapseClient
import SynapseModels
import SynapsePackaging

/// The last step of the demo: the example plugin is published, run and followed.
struct DemoPlugin {
    /// What became of the job.
    struct Outcome: JSONWritable {
        var id: Job.ID
        var status: JobStatus?
        var accuracy: Double?
        var model: Int64?
        var lineCount = 0
        var seconds = 0.0
        var reason: String?

        func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("id", id.rawValue)
                writer.member("status", status?.rawValue)
                writer.member("accuracy", accuracy)
                writer.member("model", model)
                writer.member("log_lines", lineCount)
                writer.member("seconds", (seconds * 1000).rounded() / 1000)
                writer.memberIfPresent("reason", reason)
            }
        }
    }

    /// The accuracy that the job must be above.
    static let leastAccuracy = 0.85
    /// How long a job may wait before anything of it is heard, and how long it may take.
    static let limit = Duration.seconds(300)

    let client: BackendClient
    let log: DemoLog
    let project: Project.ID

    func run() async throws -> Outcome {
        let release = try await log.step("publish") {
            let (release, isNew) = try await publish()
            let name = "\(release.row?["version"]?.value.stringValue ?? release.version ?? "?")"
            return ("digit-classifier \(name), release \(release.id)\(isNew ? "" : ", there already")", release)
        }
        let started = ContinuousClock.now
        let answer = try await client.runPlugin(
            .code("digit-classifier"),
            PluginRun(
                action: "train", params: ["project": .integer(Int64(project.rawValue))], version: release.version,
                language: "en"))
        guard let id = answer.jobID else { throw DemoFailure.noJob }
        log.say("job \(id.rawValue):")
        var outcome = Outcome(id: id)
        let job: Job
        (job, outcome.lineCount) = try await follow(id)
        outcome.status = job.status
        outcome.reason = job.error?.message ?? job.result?.value["error"]?.stringValue
        outcome.accuracy = job.result?.value["accuracy"]?.doubleValue
        outcome.model = job.result?.value["model_id"]?.integerValue
        outcome.seconds = (ContinuousClock.now - started) / .seconds(1)
        return outcome
    }

    /// Publishes the plugin that the program carries, unless the backend has the same archive.
    private func publish() async throws -> (PluginRelease, isNew: Bool) {
        let package = try DigitClassifier.package()
        return try await ScratchFolder.with { folder in
            let path = "\(folder)/plugin.zip"
            let archive = try await package.write(to: path)
            // Another content under the same version, of an older program, keeps its place.
            let versions = [package.config.version, "\(package.config.version)+\(archive.sha256.prefix(8))"]
            for version in versions {
                do {
                    let known = try await client.getPluginReleaseByLookup("\(package.config.code)@\(version)")
                    if known.checksum == archive.md5 { return (known, false) }
                } catch let error as ClientError where error.statusCode == 404 {
                    let made = try await PluginPublisher(client: client).publish(
                        package, archive: path, version: version)
                    return (made, true)
                }
            }
            throw VersionExists(code: package.config.code, version: versions[1])
        }
    }

    /// Shows what the job prints until it has ended, or takes too long.
    private func follow(_ id: Job.ID) async throws -> (Job, lineCount: Int) {
        let (client, log) = (client, log)
        return try await withThrowingTaskGroup(of: (Job, Int)?.self) { group in
            group.addTask {
                let tail = client.tailJobConsoleLogs(id)
                var (count, isResult) = (0, false)
                for try await line in tail {
                    count += 1
                    // The result is for programs; the summary has it for people.
                    if line == "__SYNAPSE_RESULT_START__" { isResult = true }
                    if count <= 20, !isResult { log.say("  \(Terminal.printable(String(line.prefix(160))))") }
                }
                let job: Job
                if let final = tail.finalJob { job = final } else { job = try await client.getJob(id) }
                return (job, count)
            }
            group.addTask {
                try await Task.sleep(for: Self.limit)
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            guard let first else { throw DemoFailure.jobTooLong(id: id.rawValue) }
            return first
        }
    }
}
