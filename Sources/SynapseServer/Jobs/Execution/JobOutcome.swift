import GRDB
import SynapseModels

/// What becomes of a job whose run has ended.
struct JobOutcome: Sendable {
    private static let resultStart = "__SYNAPSE_RESULT_START__"
    private static let resultEnd = "__SYNAPSE_RESULT_END__"
    /// Characters of a printed result; as large as a result that comes as JSON.
    private static let longestResult = BackendServerConfiguration.Limits().jsonByteCount
    private static let quotedLineCount = 5
    private static let longestQuote = 2000

    let exit: JobExit
    /// Whether somebody asked for the end.
    let wasStopped: Bool
    /// The memory that the run could have, in bytes.
    var memoryLimit: Int64?
    /// How long the run could take.
    var timeLimit: Duration?

    /// The change to the job: none of its state when it has said itself what became of it.
    func change(_ db: Database, _ job: JobRecord) throws -> JobChange {
        var change = JobChange()
        if JobStatusRules.isFinal(job.status) {
            if job.status == JobStatus.failed.rawValue, isSilent(job) { change.error = try error(db, job) }
            return change
        }
        if wasStopped || exit.cause == .stopped {
            change.status = JobStatus.stopped.rawValue
        } else if exit.isSuccess {
            change.status = JobStatus.succeeded.rawValue
            if job.result == nil, let result = try Self.printedResult(db, job.id) { change.result = .set(result) }
        } else {
            change.status = JobStatus.failed.rawValue
            change.error = try error(db, job)
        }
        return change
    }

    /// What the console log says of a run that ended badly although its job has reported success, which stays.
    func afterword(_ job: JobRecord) -> String? {
        guard job.status == JobStatus.succeeded.rawValue else { return nil }
        let what: String
        switch exit.cause {
        case .status(0): return nil
        case .status(let status): what = "ended with status \(status)"
        case .signal(let signal): what = "was killed by \(Self.name(of: signal))"
        case .stopped: what = "was stopped"
        case .timeLimit: what = "was ended because it took longer than it may"
        case .memoryLimit: what = "was ended because it needed more memory than it may have"
        case .preparation, .lost: what = "is gone and left no word of how it ended"
        }
        return "The process \(what) after it had reported \(job.status)."
    }

    /// A job that failed and did not say why.
    private func isSilent(_ job: JobRecord) -> Bool {
        guard let error = job.error else { return true }
        return RawJSON(stored: error).value["message"]?.stringValue?.isEmpty ?? true
    }

    private func error(_ db: Database, _ job: JobRecord) throws -> String {
        let (type, text) = try told(db, job)
        return JSONValue.object(["error_type": .string(type), "message": .string(text)]).description
    }

    private func told(_ db: Database, _ job: JobRecord) throws -> (type: String, text: String) {
        switch exit.cause {
        case .status(let status):
            let lines = try Self.lastLines(db, job.id)
            let said = lines.isEmpty ? "" : ":\n" + lines.joined(separator: "\n")
            return ("exit_status", "The job ended with exit status \(status)\(memoryHint(lines))\(said)")
        case .signal(let signal):
            return ("signal", "The job was killed by \(Self.name(of: signal))\(signal == 9 ? killedHint : "").")
        case .stopped: return ("stopped", exit.reason ?? "The job was stopped.")
        case .timeLimit: return ("time_limit", exit.reason ?? "The job took longer than it may\(timeHint).")
        case .memoryLimit: return ("memory_limit", exit.reason ?? "The job needed more memory than it may have.")
        case .preparation:
            let lines = try Self.lastLines(db, job.id)
            let text = exit.reason ?? "The job could not be prepared."
            return ("preparation", lines.isEmpty ? text : text + "\n" + lines.joined(separator: "\n"))
        case .lost:
            return ("lost", exit.reason ?? "The job's process is gone and left no word of how it ended.")
        }
    }

    private var timeHint: String { timeLimit.map { ", \($0 / .seconds(1)) seconds" } ?? "" }

    private var killedHint: String {
        let limit = memoryLimit.map { " It may have \($0 >> 20) MiB." } ?? ""
        return ", as a system does that runs out of memory.\(limit) Somebody may have killed it too"
    }

    private func memoryHint(_ lines: [String]) -> String {
        guard let memoryLimit,
            lines.contains(where: { line in
                ["MemoryError", "Cannot allocate memory", "bad_alloc", "out of memory"].contains { line.contains($0) }
            })
        else { return "" }
        return "; it may have no more than \(memoryLimit >> 20) MiB of memory"
    }

    static func name(of signal: Int32) -> String {
        let names: [Int32: String] = [
            1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 8: "SIGFPE", 9: "SIGKILL",
            11: "SIGSEGV", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
        ]
        return "signal \(signal)" + (names[signal].map { " (\($0))" } ?? "")
    }

    private static func lastLines(_ db: Database, _ job: Int64) throws -> [String] {
        let lines = try String.fetchAll(
            db,
            sql: """
                SELECT text FROM (SELECT number, text FROM console_line WHERE job_id = ? ORDER BY number DESC LIMIT ?)
                WHERE trim(text) != '' ORDER BY number
                """,
            arguments: [job, quotedLineCount])
        return lines.map { String($0.prefix(longestQuote / quotedLineCount)) }
    }

    /// The JSON that the SDK's entry point prints between two marks; the last of them.
    private static func printedResult(_ db: Database, _ job: Int64) throws -> String? {
        // A progress bar may have left its line open.
        let find = "SELECT max(number) FROM console_line WHERE job_id = ? AND substr(text, -length(?2)) = ?2"
        guard let start = try Int64?.fetchOne(db, sql: find, arguments: [job, resultStart]) ?? nil,
            let end = try Int64?.fetchOne(db, sql: find, arguments: [job, resultEnd]) ?? nil, start < end
        else { return nil }
        let between = "FROM console_line WHERE job_id = ? AND number > ? AND number < ?"
        let byteCount = try Int.fetchOne(
            db, sql: "SELECT coalesce(sum(length(text) + 1), 0) \(between)", arguments: [job, start, end])
        guard let byteCount, byteCount <= longestResult else { return nil }
        let lines = try String.fetchAll(
            db, sql: "SELECT text \(between) ORDER BY number", arguments: [job, start, end])
        guard let raw = try? RawJSON(parsing: Array(lines.joined().utf8)), raw.isObject || raw.isArray else {
            return nil
        }
        return raw.description
    }
}
