import SynapseModels

extension Job {
    /// Why it has not begun, for people; `nil` when it has, or has ended.
    var waitReason: String? {
        guard let status, !status.isFinal, status != .running, started == nil else { return nil }
        guard let queue = queue?.value, queue.objectValue != nil else { return "waits for whoever runs it" }
        let position = queue["position"]?.integerValue.map { "position \($0)" }
        let parts = [queue["reason"]?.stringValue, position].compactMap(\.self)
        return parts.isEmpty ? "waits" : "waits: \(Terminal.printable(parts.joined(separator: ", ")))"
    }
}

/// Says why a job waits: a reason that holds over two looks, and each once until it changes.
struct JobWaitNotes {
    private var seen: String?
    private var said: String?

    /// Takes a look.
    ///
    /// - Returns: What is to be said now.
    mutating func note(_ job: Job) -> String? {
        let reason = job.waitReason
        defer { seen = reason }
        guard let reason, reason == seen, reason != said else { return nil }
        said = reason
        return reason
    }
}
