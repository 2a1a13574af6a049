import SynapseClient
import SynapseModels

/// The files that failed in an earlier run, or that a dry run would have sent, by their paths below the folder.
struct FailedFiles {
    private static let states: [CollectionUploadFile.State] = [
        .uploaded, .alreadyThere, .failed, .skipped, .planned,
    ]

    /// Rows of the report that are looked at to see which folder it is of.
    private static let sampleCount = 1000

    private(set) var paths: Set<PathKey> = []
    /// Some of the files of the report, however they ended, and some of those that failed.
    private(set) var sample: [String] = []

    /// Reads a report; a half line at its end, left by a run that was killed, is passed over.
    ///
    /// - Throws: ``UsageError`` when it can't be read or is no report.
    init(report: String) throws {
        var found: Set<PathKey> = []
        var sample: [String] = []
        var isAnything = false
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
                isAnything = true
                guard Self.states.contains(CollectionUploadFile.State(rawValue: state)) else {
                    unknown = unknown ?? (number, state)
                    return
                }
                let reason = (try? row.readIfPresent("reason", as: String.self)) ?? ""
                let isOfFolder = !reason.hasPrefix("metadata") && reason != "missing"
                if sample.count < Self.sampleCount, isOfFolder { sample.append(path) }
                let isOpen = [CollectionUploadFile.State.failed, .planned].map(\.rawValue).contains(state)
                if isOpen { found.insert(PathKey(path)) }
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
        guard isAnything else {
            throw UsageError("the report \(report) is empty: it says of no file how it ended")
        }
        paths = found
        self.sample = sample + found.prefix(Self.sampleCount).map(\.path)
    }

    /// Whether a file failed, or a folder that it is in.
    func contains(_ path: String) -> Bool {
        if paths.contains(PathKey(path)) { return true }
        var rest = path.utf8[...]
        while let slash = rest.lastIndex(of: UInt8(ascii: "/")) {
            rest = rest[..<slash]
            if paths.contains(PathKey(String(Substring(rest)))) { return true }
        }
        return false
    }
}
