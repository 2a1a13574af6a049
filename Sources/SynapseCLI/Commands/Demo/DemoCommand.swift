import ArgumentParser
import Logging
import SynapseClient
import SynapseModels
import SynapseServer

/// `synapse demo`.
struct DemoCommand: AsyncParsableCommand, GoesOn {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Turn a folder of images into annotated tasks, on a backend that the demo starts.",
        discussion: """
            Makes a project and a data collection, uploads the images as data units, makes a task of each, hands in each \
            label, tags some tasks, then reads everything back and checks counts, digests and labels. Last, it publishes a \
            plugin, which learns from the annotated digits as a job of the backend, and prints how well it reads others. \
            Run again: what is there already is neither uploaded nor made a second time.

            Without --url it starts a backend of its own, whatever SYNAPSE_HOST says. Without --images the 1,797 handwritten digits that the program carries are used.
            """)

    @Option(help: "A folder of images of your own; the name of each image's folder is its label.")
    var images: String?

    @Option(help: "Where the demo keeps its backend and the digits.")
    var directory = "./synapse-demo"

    @Flag(help: "Keep serving until Ctrl-C.")
    var keep = false

    @Flag(help: "Leave out the job: publish and run no plugin.")
    var noJob = false

    @Option(
        help: ArgumentHelp("The dashboard of a Ray cluster that the demo's job runs on.", valueName: "url"))
    var ray: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    var howToGoOn: String { "Run the same command to go on: what the backend has is not sent or made again." }

    func validate() throws {
        guard connection.url == nil else {
            if ray != nil { throw ValidationError("--ray is for the demo's own backend; it does not go with --url") }
            return
        }
        if connection.tokenFile != nil || connection.tenant != nil {
            throw ValidationError(
                "--token-file and --tenant go with --url; without it the demo has a backend of its own")
        }
    }

    func run() async throws {
        let log = DemoLog(isQuiet: output.output == .json)
        let folder = try images.map { try DemoImages.own(in: $0) }
        if connection.url != nil {
            try await work(try connection.configuration(), folder, log: log)
            return
        }
        var server = BackendServerConfiguration(
            dataDirectory: directory, port: 0, logger: ProgramLog.logger("synapse.server", level: .warning))
        server.jobs.ray = ray
        try await withBackendServer(server) { running in
            log.say("backend: \(running.url), its data in \(directory)")
            var configuration = ClientConfiguration(baseURL: running.url)
            configuration.credentials.accessToken = Secret(running.adminToken)
            try await work(configuration, folder, log: log)
            guard keep else { return }
            Terminal.say("serving \(running.url) until Ctrl-C")
            // Ctrl-C cancels the command; a demo that was kept has done its work by then.
            while !Task.isCancelled { try? await ContinuousClock().sleep(for: .seconds(3600)) }
        }
    }

    private func work(_ configuration: ClientConfiguration, _ folder: DemoImages?, log: DemoLog) async throws {
        let started = ContinuousClock.now
        let pictures = try folder ?? DemoImages.digits(in: "\(directory)/images")
        for file in pictures.unusable { Terminal.say("not used: \(Terminal.printable(file.path)): \(file.reason)") }
        let counter = RequestCounter(
            AsyncHTTPClientTransport(
                connectTimeout: configuration.timeouts.connect, readTimeout: configuration.timeouts.read,
                connectionLimit: configuration.limits.connections))
        let client = try BackendClient(configuration: configuration, transport: counter, logger: ProgramLog.client)
        let result: Result<DemoReport, any Error>
        do {
            var report = try await DemoJob(client: client, pictures: pictures, log: log, scratch: directory).run()
            try await runPlugin(client, log, &report)
            result = .success(report)
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        var report = try result.get()
        report.seconds = (ContinuousClock.now - started) / .seconds(1)
        report.requests = counter.count
        report.url = configuration.baseURL
        try finish(report)
    }

    /// Runs the example plugin on the digits.
    private func runPlugin(_ client: BackendClient, _ log: DemoLog, _ report: inout DemoReport) async throws {
        guard !noJob, let project = report.project else { return }
        guard images == nil else { return log.say("job: left out, as the example plugin is for the demo's digits") }
        let agents = try await client.listAgents()
        guard !agents.rows.isEmpty else {
            return log.say("job: left out, as this backend has no agent that would run it")
        }
        // A job would wait for an agent that can't run it, and the demo with it.
        if !agents.results.contains(where: { $0.status == .connected }), let agent = agents.results.first {
            throw AgentDisconnected(detail: agent.row?["detail"]?.value.stringValue)
        }
        let outcome = try await DemoPlugin(client: client, log: log, project: project).run()
        report.job = outcome
        report.checks.accuracy =
            outcome.status == .succeeded && (outcome.accuracy ?? 0) > DemoPlugin.leastAccuracy
        if outcome.status != .succeeded {
            let reason = outcome.reason.map { ": \(Terminal.printable($0))" } ?? ""
            Terminal.say("the job \(outcome.id.rawValue) is \(outcome.status?.rawValue ?? "?")\(reason)")
        }
    }

    private func finish(_ report: DemoReport) throws {
        if output.output == .json {
            try Terminal.write(report.jsonBytes() + [UInt8(ascii: "\n")])
        } else {
            try Terminal.write(summary(of: report))
        }
        for (path, error) in report.failed { Terminal.say("failed \(Terminal.printable(path)): \(error)") }
        guard report.checks.allHold else { throw DemoFailure.checksFailed }
        if report.failedCount > 0 {
            throw ItemsFailed(failed: report.failedCount, total: report.files, what: "files")
        }
    }

    private func summary(of report: DemoReport) -> String {
        func mark(_ holds: Bool) -> String { holds ? "true" : "FALSE" }
        let seconds = (report.seconds * 10).rounded() / 10
        let rate = "\(report.requests) requests, \(seconds) s"
        return """

            files \(report.files), uploaded \(report.uploaded), already there \(report.alreadyThere), \
            failed \(report.failedCount), \(ByteCount(report.bytes)); \(rate)
            units \(report.units), tasks \(report.tasks), annotated \(report.annotated), tagged \(report.tagged), \
            downloaded \(report.downloaded)
            checks: counts \(mark(report.checks.counts)), digests \(mark(report.checks.digests)), \
            labels \(mark(report.checks.labels))\(report.checks.accuracy.map { ", accuracy \(mark($0))" } ?? "")
            \(Self.jobSummary(report.job))
            \(nextCommands(report.url))

            """
    }

    private static func jobSummary(_ job: DemoPlugin.Outcome?) -> String {
        guard let job else { return "" }
        let accuracy = job.accuracy.map { "\($0)" } ?? "-"
        let model = job.model.map { "\($0)" } ?? "-"
        let seconds = (job.seconds * 10).rounded() / 10
        return """
            job: \(job.status?.rawValue ?? "?"), accuracy \(accuracy) on held-back digits, model \(model), \
            \(job.lineCount) lines of log, \(seconds) s

            """
    }

    /// Three commands that work as they stand, the first of which serves the demo's data where that is not served.
    private func nextCommands(_ url: String) -> String {
        let program = ShellWord.quoted(CommandLine.arguments.first ?? "synapse")
        let isServed = connection.url != nil || keep
        let token = connection.url == nil ? "\(directory)/admin-token" : connection.tokenFile
        let access = ["--url", isServed ? url : "http://127.0.0.1:8000"] + (token.map { ["--token-file", $0] } ?? [])
        let flags = access.map(ShellWord.quoted).joined(separator: " ")
        let first =
            isServed
            ? "\(program) project list \(flags)"
            : "\(program) serve --data \(ShellWord.quoted(directory))"
        return """
            To try next\(isServed ? "" : ", the first in a terminal of its own"):
              \(first)
              \(program) task list --page-size 5 \(flags)
              \(program) task list --all --output json \(flags)
            """
    }
}

/// Words of a command that a person copies.
enum ShellWord {
    /// The word as a POSIX shell reads it back.
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "="), UInt8(ascii: "@"), UInt8(ascii: "~"):
                    true
                default: false
                }
            }
        return isPlain
            ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

/// Why a run of the demo that reached its end still failed.
enum DemoFailure: Error, CustomStringConvertible {
    case checksFailed
    case noJob
    case jobTooLong(id: String)

    var description: String {
        switch self {
        case .noJob: "the backend made no job of the plugin; --no-job leaves the job out"
        case .jobTooLong(let id):
            "the job \(id) did not end in \(DemoPlugin.limit.components.seconds) s; 'synapse job get \(id)' says more, and "
                + "--no-job leaves the job out"
        case .checksFailed: "what was read back is not what was sent; see the checks above"
        }
    }
}

/// Prints the steps of the demo with their figures.
struct DemoLog: Sendable {
    var isQuiet: Bool

    /// Says one line; on standard error when standard output carries the JSON document.
    func say(_ line: String) {
        if isQuiet { Terminal.say(line) } else { try? Terminal.write(line + "\n") }
    }

    /// Runs one step and says what it did and how long it took.
    func step<Value>(
        _ title: String, _ body: () async throws -> (figure: String, value: Value)
    ) async throws -> Value {
        let started = ContinuousClock.now
        let (figure, value) = try await body()
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        say("\(title): \(figure) (\((seconds * 100).rounded() / 100) s)")
        return value
    }
}
