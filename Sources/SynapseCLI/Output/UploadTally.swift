import SynapseClient
import SynapseModels

/// Counts how the files of an upload ended, and names the first of those that did not end well.
struct UploadTally {
    /// The most files that are named one by one for one reason to do so; the rest is counted.
    static let namedCount = 20

    let isDryRun: Bool
    private var counts: [CollectionUploadFile.State: Int] = [:]
    private var units: Set<DataUnit.ID> = []
    private var tasks: Set<AnnotationTask.ID> = []
    private var byteCount: Int64 = 0
    private var unitsWithOtherNotes: Set<DataUnit.ID> = []
    private var hiddenCount = 0

    init(isDryRun: Bool) {
        self.isDryRun = isDryRun
    }

    func count(_ state: CollectionUploadFile.State) -> Int { counts[state] ?? 0 }

    /// All lines of the report.
    var total: Int { counts.values.reduce(0, +) }

    mutating func add(_ record: UploadRecord) {
        counts[record.state, default: 0] += 1
        // Units of the same files are one unit, and have one task.
        if let unit = record.dataUnit { units.insert(unit) }
        if record.note != nil, let unit = record.dataUnit { unitsWithOtherNotes.insert(unit) }
        if let task = record.task { tasks.insert(task) }
        if record.state == .uploaded || record.state == .planned { byteCount += record.byteCount ?? 0 }
        // Nobody is told of each `.DS_Store`; the report has it.
        if record.reason == "hidden" {
            hiddenCount += 1
            return
        }
        let isNamed = record.state == .failed || record.state == .skipped
        // A server that went away fails what was left for one reason: it is said once.
        guard isNamed, !record.isUntold else { return }
        guard nameableCount(record.state) <= Self.namedCount else { return }
        Terminal.say("\(record.state) \(Terminal.printable(record.path)): \(record.message ?? record.reason ?? "")")
    }

    private func nameableCount(_ state: CollectionUploadFile.State) -> Int {
        count(state) - (state == .skipped ? hiddenCount : 0)
    }

    /// Says how many are not named above.
    func sayRest(report: String) {
        let rest = [CollectionUploadFile.State.failed, .skipped].reduce(0) { rest, state in
            rest + max(0, nameableCount(state) - Self.namedCount)
        }
        if rest > 0 { Terminal.say("… and \(rest) more; the report names all: \(report)") }
    }

    func print(_ format: OutputOptions.Format, report: String) throws {
        switch format {
        case .json: try printDocument(report)
        case .table:
            let sent =
                isDryRun
                ? "\(count(.planned)) files would be uploaded (\(ByteCount(byteCount)))"
                : "\(count(.uploaded)) files uploaded"
            let made = isDryRun ? "" : "; \(units.count) units, \(tasks.count) tasks"
            let other = unitsWithOtherNotes.count
            let kept = other > 0 ? "; \(other) units were there and keep their notes" : ""
            let hidden = hiddenCount > 0 ? " (\(hiddenCount) hidden)" : ""
            try Terminal.write(
                """
                \(sent), \(count(.alreadyThere)) there already, \(count(.skipped)) skipped\(hidden), \(count(.failed)) failed\(made)\(kept)

                """)
        }
    }

    /// One document whose items are the lines of the report; they are copied piece by piece.
    private func printDocument(_ report: String) throws {
        // The list is written open, and closed behind the last line.
        let tail = Array("]}".utf8)
        var piece = Array(document(report).dropLast(tail.count))
        var reader = try JSONLinesReader(path: report)
        var isFirst = true
        while let line = try reader.next(), line.isWhole {
            if !isFirst { piece.append(UInt8(ascii: ",")) }
            isFirst = false
            piece += line.bytes
            guard piece.count > 1 << 16 else { continue }
            try Terminal.write(piece)
            piece.removeAll(keepingCapacity: true)
        }
        try Terminal.write(piece + tail + [UInt8(ascii: "\n")])
    }

    /// Prints the document of a run that had nothing to do.
    func printEmptyDocument(report: String) throws {
        try Terminal.write(document(report) + [UInt8(ascii: "\n")])
    }

    /// The document without its items.
    private func document(_ report: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            if isDryRun { writer.member("planned", count(.planned)) }
            writer.member("uploaded", count(.uploaded))
            writer.member("already_there", count(.alreadyThere))
            writer.member("skipped", count(.skipped))
            writer.member("failed", count(.failed))
            writer.member("units", units.count)
            writer.member("tasks", tasks.count)
            writer.member("units_with_other_notes", unitsWithOtherNotes.count)
            writer.member("hidden", hiddenCount)
            writer.member("bytes", byteCount)
            writer.member("report", report)
            writer.member("items") { $0.array { _ in } }
        }
        return writer.bytes
    }
}
