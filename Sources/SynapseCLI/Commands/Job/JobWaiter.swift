import SynapseClient
import SynapseModels

/// Waits for the end of a job and shows how far it is.
struct JobWaiter {
    /// How long a backend that went away in between is waited for.
    private static let patience: Duration = .seconds(60)

    let client: BackendClient

    /// Asks again and again, at most every two seconds, until the job has ended; a backend that is restarted is waited for.
    ///
    /// - Parameters:
    ///   - id: The job.
    ///   - limit: How long to wait at most.
    /// - Returns: The job as it ended.
    /// - Throws: ``JobEnded`` when the time is over, or `ClientError`.
    func wait(for id: Job.ID, limit: Duration? = nil) async throws -> Job {
        let deadline = limit.map { ContinuousClock.now + $0 }
        var display = JobProgressDisplay()
        let outage = UploadOutage(tolerance: min(Self.patience, limit ?? Self.patience), client: client) { error in
            Terminal.say("\(error.message); waiting for the backend")
        }
        var pause = Duration.milliseconds(200)
        var job = try await client.getJob(id)
        while true {
            display.show(job)
            if job.status?.isFinal == true {
                display.finish()
                return job
            }
            if let deadline, ContinuousClock.now + pause > deadline {
                display.finish()
                throw JobEnded(id: id.rawValue, status: job.status?.rawValue ?? "?", reason: "it did not end in time")
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
            job = try await outage.persistently { try await client.getJob(id) }.get()
        }
    }
}

/// Shows a job's progress on standard error: a bar that is drawn over on a terminal, a line at each change elsewhere.
struct JobProgressDisplay {
    private let isDrawn = Terminal.showsProgress
    private var last = ""
    private var hasDrawn = false
    private var notes = JobWaitNotes()

    /// Shows how far the job is.
    mutating func show(_ job: Job) {
        let progress = JobProgress(job.progressRecord?.value)
        let status = job.status?.rawValue ?? "?"
        if let note = notes.note(job) {
            if hasDrawn { Terminal.draw("\r\u{1B}[K") }
            Terminal.say(note)
        }
        if isDrawn {
            let filled = Int(progress.overall * 0.3)
            let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
            Terminal.draw("\r\u{1B}[K" + (progress.isReported ? "\(status) [\(bar)]" : status) + progress.text)
            hasDrawn = true
            return
        }
        // On paper a line for each tenth of each step is enough.
        let mark = "\(status) \(progress.step ?? "") \(Int(progress.overall) / 10)"
        guard mark != last else { return }
        last = mark
        Terminal.say(status + progress.text)
    }

    /// Ends the line of the bar.
    func finish() {
        if hasDrawn { Terminal.draw("\n") }
    }
}

/// What a job's `progress_record` says.
///
/// Source: docs/wire-protocol.md, "Jobs".
struct JobProgress {
    /// One step of the job.
    struct Step {
        var name: String
        var percent: Double?
        var proportion: Double?
        var secondsLeft: Double?
        var order: Int64?
    }

    /// 0 … 100.
    var overall = 0.0
    var step: String?
    var secondsLeft: Double?
    var secondsElapsed: Double?
    /// In their order, those without one behind.
    var steps: [Step] = []

    init(_ record: JSONValue?) {
        let current = record?["current_progress"]
        overall = min(max(current?["overall"]?.doubleValue ?? 0, 0), 100)
        step = current?["step"]?.stringValue
        secondsLeft = current?["time_remaining"]?.doubleValue
        secondsElapsed = current?["time_elapsed"]?.doubleValue
        for member in record?["record"]?["steps"]?.objectValue ?? JSONObject() {
            steps.append(
                Step(
                    name: member.key, percent: member.value["percent"]?.doubleValue,
                    proportion: member.value["proportion"]?.doubleValue,
                    secondsLeft: member.value["time_remaining"]?.doubleValue,
                    order: member.value["order"]?.integerValue))
        }
        steps = steps.enumerated().sorted {
            ($0.element.order ?? .max, $0.offset) < ($1.element.order ?? .max, $1.offset)
        }.map(\.element)
    }

    /// Whether the job has said how far it is.
    var isReported: Bool { overall > 0 || step != nil || !steps.isEmpty }

    /// How far it is, behind a status; empty when the job does not say.
    var text: String { isReported ? " \(Int(overall)) %\(detail)" : "" }

    /// The current step and the time that it still takes.
    var detail: String {
        let name = step.map { ", " + Terminal.printable(String($0.prefix(60))) } ?? ""
        return name + (secondsLeft.map { $0 > 0 ? ", \(Self.seconds($0)) left" : "" } ?? "")
    }

    /// Seconds for people.
    static func seconds(_ value: Double) -> String {
        guard value >= 60, value < 1e9 else { return "\((value * 10).rounded() / 10) s" }
        let whole = Int(value.rounded())
        return whole >= 3600 ? "\(whole / 3600) h \(whole % 3600 / 60) min" : "\(whole / 60) min \(whole % 60) s"
    }
}
