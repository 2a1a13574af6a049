import SynapseClient
import SynapseModels

/// Uploads a folder and writes down how each file ended, as it ends.
struct UploadRun {
    let client: BackendClient
    let collection: DataCollection.ID
    let files: UploadFolder
    let options: CollectionUploadOptions
    let state: UploadState
    let format: OutputOptions.Format

    /// Whether the ledger is still written to.
    private var keepsLedger = true
    /// Why the report is not written any more.
    private var reportFailure: ClientError?

    init(
        client: BackendClient, collection: DataCollection.ID, files: UploadFolder, options: CollectionUploadOptions,
        state: UploadState, format: OutputOptions.Format
    ) {
        self.client = client
        self.collection = collection
        self.files = files
        self.options = options
        self.state = state
        self.format = format
    }

    mutating func run() async throws {
        var tally = UploadTally(isDryRun: options.isDryRun)
        for file in files.unusable { note(file, .failed, &tally) }
        for file in files.skipped { note(file, .skipped, &tally) }
        sayFilesWithoutNotes()
        var toldCount = 0
        let summary: CollectionUploadSummary
        do {
            summary = try await upload(&tally, &toldCount)
        } catch {
            // What is done is known to the next run, and what was not come to can be retried by the report.
            for unit in files.units.dropFirst(toldCount) {
                let message = "the upload was interrupted before its outcome was known; it may be there"
                noteUntold(unit.files.values.sorted(), UploadRecord.interrupted, message, &tally)
            }
            keepLedger { ledger throws(ClientError) in try ledger.flush() }
            keepReport { report throws(ClientError) in try report.finish() }
            if reportFailure == nil { Terminal.say("What is done and what is not: \(state.report.path)") }
            throw error
        }
        try finish(tally, stoppedBy: summary.stoppedBy)
    }

    /// Ends a run whose server was not there from the beginning.
    ///
    /// - Throws: The reason.
    mutating func giveUp(_ paths: [String], _ reason: ClientError) throws {
        var tally = UploadTally(isDryRun: options.isDryRun)
        let message = "not tried, because the upload had stopped: \(reason.message)"
        noteUntold(paths, ClientError.Code.notTried.rawValue, message, &tally)
        try finish(tally, stoppedBy: reason)
    }

    private mutating func finish(_ tally: UploadTally, stoppedBy gone: ClientError?) throws {
        keepLedger { ledger throws(ClientError) in try ledger.flush() }
        keepReport { report throws(ClientError) in try report.finish() }
        let report = reportFailure == nil ? state.report.path : state.report.writtenPath
        try tally.print(format, report: report)
        tally.sayRest(report: report)
        if let reportFailure {
            Terminal.say("the report \(report) is not complete: \(reportFailure.message)")
        }
        if let gone {
            Terminal.say(
                "\(tally.count(.failed)) of \(tally.total) files failed or were not tried; run the same command to go on. "
                    + "Report: \(report)")
            throw gone
        }
        if let reportFailure { throw reportFailure }
        let failed = tally.count(.failed)
        if failed > 0 { throw UploadFailed(failed: failed, total: tally.total, report: report) }
    }

    private mutating func noteUntold(
        _ paths: [String], _ code: String, _ message: String, _ tally: inout UploadTally
    ) {
        for path in paths {
            write(UploadRecord(path: files.relative(path), state: .failed, reason: code, message: message), &tally)
        }
    }

    /// `toldCount` is the number of units whose files are written down.
    private mutating func upload(
        _ tally: inout UploadTally, _ toldCount: inout Int
    ) async throws -> CollectionUploadSummary {
        let progress = Progress(options.isDryRun ? "check" : "upload", total: Int64(files.units.count), unit: .items)
        defer { progress.finish() }
        return try await client.uploadDataCollection(
            collection, from: files.items, options: options,
            onProgress: { progress.set(Int64($0.finishedFileItemCount)) },
            onItem: { outcome in
                for file in outcome.files {
                    write(UploadRecord(file, path: files.relative(file.path), of: outcome.item), &tally)
                }
                toldCount = outcome.index + 1
            })
    }

    private mutating func note(
        _ file: UnitGrouping.Skipped, _ state: CollectionUploadFile.State, _ tally: inout UploadTally
    ) {
        let isNamedOnly = file.code.hasPrefix("metadata") || file.code == "missing"
        let path = isNamedOnly ? file.path : files.relative(file.path)
        write(UploadRecord(path: path, state: state, reason: file.code, message: file.reason), &tally)
    }

    private mutating func write(_ record: UploadRecord, _ tally: inout UploadTally) {
        tally.add(record)
        // What is known of a file stays known when a run does not come to it.
        if !record.isUntold {
            keepLedger { ledger throws(ClientError) in try ledger.append(record) }
        }
        var shown = record
        shown.identity = nil
        keepReport { report throws(ClientError) in try report.append(shown) }
    }

    /// A run goes on without its ledger: the next one then reads the files again.
    private mutating func keepLedger(_ body: (UploadLedger) throws(ClientError) -> Void) {
        guard keepsLedger, let ledger = state.ledger else { return }
        do throws(ClientError) { try body(ledger) } catch {
            keepsLedger = false
            Terminal.say("the ledger is not kept any more, the upload goes on: \(error.message)")
        }
    }

    /// A run goes on without its report, and fails at its end.
    private mutating func keepReport(_ body: (UploadReport) throws(ClientError) -> Void) {
        guard reportFailure == nil else { return }
        do throws(ClientError) { try body(state.report) } catch {
            reportFailure = error
            Terminal.say("the report is not written any more, the upload goes on: \(error.message)")
        }
    }

    private func sayFilesWithoutNotes() {
        guard files.hasNotes else { return }
        let without = files.unitsWithoutNotes()
        for path in without.prefix(UploadTally.namedCount) {
            Terminal.say("no metadata for \(Terminal.printable(path))")
        }
        if without.count > UploadTally.namedCount {
            Terminal.say("… and for \(without.count - UploadTally.namedCount) more")
        }
    }
}

/// The upload came to its end, and some files failed.
struct UploadFailed: Error, CustomStringConvertible {
    var failed: Int
    var total: Int
    var report: String

    var description: String {
        "\(failed) of \(total) files failed. Report: \(report); --retry-failed with it tries only these again."
    }
}
