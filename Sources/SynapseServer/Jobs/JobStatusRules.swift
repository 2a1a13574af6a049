import SynapseModels

/// Which state of a job may follow which.
///
/// Source: docs/wire-protocol.md, "Jobs".
enum JobStatusRules {
    static let words = JobStatus.known.map(\.rawValue)

    /// The word as the wire spells it, of a word in any case; `completed` is an older name of success.
    static func status(_ word: String) -> String? {
        let upper = word.uppercased()
        let status = upper == "COMPLETED" ? JobStatus.succeeded.rawValue : upper
        return words.contains(status) ? status : nil
    }

    static func isFinal(_ status: String) -> Bool { JobStatus(rawValue: status).isFinal }

    /// - Throws: ``APIError`` that names both states when the one must not follow the other.
    static func check(_ current: String, _ requested: String) throws(APIError) {
        let allowed: Set<String> =
            switch JobStatus(rawValue: current) {
            case .pending: ["PENDING", "RUNNING", "STOPPED", "FAILED"]
            case .running: ["RUNNING", "STOPPED", "SUCCEEDED", "FAILED"]
            default: [current]
            }
        guard allowed.contains(requested) else {
            throw APIError.field("status", "A job that is \(current) cannot become \(requested).")
        }
    }
}
