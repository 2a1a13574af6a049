import SynapseModels

/// What Ray says about a submitted job.
struct RayJob: Sendable {
    enum Status: String, Sendable {
        case pending = "PENDING"
        case running = "RUNNING"
        case stopped = "STOPPED"
        case succeeded = "SUCCEEDED"
        case failed = "FAILED"

        var isFinal: Bool { self != .pending && self != .running }
    }

    var status: Status
    /// What Ray says beside the status, for people.
    var message: String
    /// What the entrypoint ended with; below zero for a signal.
    var exitCode: Int32?
    /// When it ended.
    var ended: String?

    init?(_ value: JSONValue) {
        guard let word = value["status"]?.stringValue, let status = Status(rawValue: word) else { return nil }
        self.status = status
        message = value["message"]?.stringValue ?? ""
        exitCode = value["driver_exit_code"]?.integerValue.map { Int32(clamping: $0) }
        ended = value["end_time"]?.integerValue.flatMap { milliseconds in
            milliseconds > 0
                ? WireTime.text(seconds: Int(milliseconds / 1000), microseconds: Int(milliseconds % 1000) * 1000) : nil
        }
    }

    /// The end of a job that is final, for what its launcher wrote at the end of the log.
    func exit(_ ending: RayLogDecoder.Ending?, hasStarted: Bool, address: RayAddress) -> JobExit {
        var exit = cause(ending, hasStarted: hasStarted, address: address)
        exit.time = ended
        return exit
    }

    private func cause(_ ending: RayLogDecoder.Ending?, hasStarted: Bool, address: RayAddress) -> JobExit {
        if status == .stopped { return JobExit(.stopped) }
        switch ending {
        case .code(let code): return code < 0 ? JobExit(.signal(-code)) : JobExit(.status(code))
        case .timeLimit: return JobExit(.timeLimit)
        case nil: break
        }
        if status == .succeeded { return JobExit(.status(0)) }
        if !hasStarted, exitCode == nil {
            return JobExit(.preparation, reason: "Ray at \(address) could not begin the job: \(shortMessage)")
        }
        if let exitCode { return exitCode < 0 ? JobExit(.signal(-exitCode)) : JobExit(.status(exitCode)) }
        return JobExit(.lost, reason: "Ray at \(address) lost the job: \(shortMessage)")
    }

    /// The lines of the message that say what went wrong, without those of tracebacks.
    var shortMessage: String {
        let lines = message.split(whereSeparator: \.isNewline).map { line in String(line.drop { $0 == " " }) }
        var told = lines.filter { $0.hasPrefix("ERROR:") || $0.hasPrefix("× ") }
        if told.isEmpty {
            told = lines.prefix(1) + (lines.count > 1 ? lines.suffix(1) : [])
        }
        var text = ""
        for line in told where !text.contains(line) { text += text.isEmpty ? line : "\n" + line }
        return text.isEmpty ? "it does not say why." : String(text.prefix(2000))
    }
}
