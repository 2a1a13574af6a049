import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse job logs`.
struct JobLogs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show what a job has printed.",
        discussion: """
            With --follow, lines come as they are printed until the job has ended; the exit code is then 0 for a job that \
            succeeded, and 1 for one that failed or was stopped.
            """)

    @Argument(help: "The job's id.")
    var id: String

    @Flag(name: .shortAndLong, help: "Go on until the job has ended.")
    var follow = false

    @Flag(name: .shortAndLong, help: "Begin each line with the time at which it was printed.")
    var timestamps = false

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        try await connection.withClient { client in
            let job = Job.ID(rawValue: id)
            guard follow else {
                guard timestamps else {
                    for line in try await client.listJobConsoleLogs(job) { try Self.print(line) }
                    return
                }
                for line in try await client.listJobConsoleLines(job) { try Self.print(Self.dated(line)) }
                return
            }
            try JobOutcome.check(try await Self.follow(job, client, timestamps: timestamps))
        }
    }

    /// Prints lines as they come until the job has ended, and says why it waits before that.
    static func follow(_ job: Job.ID, _ client: BackendClient, timestamps: Bool = false) async throws -> Job? {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await sayWhyItWaits(job, client) }
            defer { tasks.cancelAll() }
            let log = client.tailJobConsoleLogs(job)
            var lines = log.makeAsyncIterator()
            while let line = try await lines.nextLine() { try print(timestamps ? dated(line) : line.text) }
            return log.finalJob
        }
    }

    /// Looks until the job has begun.
    ///
    /// The log is what matters: a look that fails ends this alone.
    private static func sayWhyItWaits(_ job: Job.ID, _ client: BackendClient) async {
        var notes = JobWaitNotes()
        var pause = Duration.milliseconds(500)
        while true {
            guard (try? await Task.sleep(for: pause)) != nil, let now = try? await client.getJob(job),
                now.waitReason != nil
            else { return }
            if let note = notes.note(now) { Terminal.say(note) }
            pause = min(pause * 2, .seconds(2))
        }
    }

    private static func dated(_ line: ConsoleLine) -> String { "\(line.created?.description ?? "-") \(line.text)" }

    /// A terminal is not steered by what a job printed; a file gets it as it is.
    private static func print(_ line: String) throws {
        try Terminal.write((Terminal.isInteractive ? Terminal.printable(line) : line) + "\n")
    }
}

/// How the end of a job ends the program.
enum JobOutcome {
    /// - Throws: ``JobEnded`` for any end but success.
    static func check(_ job: Job?) throws {
        guard let job, let status = job.status else { throw JobEnded(id: "?", status: "?", reason: nil) }
        Terminal.say("The job has ended: \(status)")
        if status != .succeeded {
            throw JobEnded(id: job.id.rawValue, status: status.rawValue, reason: job.error?.message)
        }
    }
}

/// The job came to its end, and that was no success.
struct JobEnded: Error, CustomStringConvertible {
    var id: String
    var status: String
    var reason: String?

    var description: String {
        let lines = (reason ?? "").split(whereSeparator: \.isNewline).map { Terminal.printable(String($0)) }
        return "the job \(id) is \(status)" + (lines.isEmpty ? "" : ": " + lines.joined(separator: "\n  "))
    }
}
