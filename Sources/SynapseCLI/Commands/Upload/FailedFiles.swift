import SynapseClient
import SynapseModels

/// The files that failed in an earlier run, by their paths below the folder.
struct FailedFiles {
    private static let states: [CollectionUploadFile.State] = [
        .uploaded, .alreadyThere, .failed, .skipped, .planned,
    ]

    private(set) var paths: Set<PathKey> = []

    /// Reads a report; a half line at its end, left by a run that was killed, is passed over.
    ///
    /// - Throws: ``UsageError`` when it can't be read or is no report.
    init(report: String) throws {
        var found: Set<PathKey> = []
        var bad: Int?
        var unknown: (line: Int, state: String)?
        do throws(ClientError) {
            try UploadLedger.forEachRow(of: report) { number, row, _ in
                guard let path = try? row.read("path", as: String.self),
                    let state = try? row.read("state", as: String.self)
                else {
                    bad = bad ?? number
                    return
                }
                guard Self.states.contains(CollectionUploadFile.State(rawValue: state)) else {
                    unknown = unknown ?? (number, state)
                    return
                }
                if state == CollectionUploadFile.State.failed.rawValue { found.insert(PathKey(path)) }
            } onBad: {
                bad = bad ?? $0
            }
        } catch {
            throw UsageError("the report \(report) can't be read: \(error.message)")
        }
        if let bad { throw UsageError("\(report), line \(bad): no line of a report") }
        if let unknown {
            throw UsageError("\(report), line \(unknown.line): unknown state '\(unknown.state)'")
        }
        paths = found
    }

    func contains(_ path: String) -> Bool { paths.contains(PathKey(path)) }
}
