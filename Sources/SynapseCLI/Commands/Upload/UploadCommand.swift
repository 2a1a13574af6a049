import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse upload`.
struct UploadCommand: AsyncParsableCommand, GoesOn {
    static let configuration = CommandConfiguration(
        commandName: "upload", abstract: "Upload a folder as data units of a collection.",
        discussion: """
            Files are sorted by the collection's file specifications: by a folder named after a specification, else by \
            extension. Files of the same name belong to one unit. What the backend has already is not sent again.

            Each file ends as uploaded, already_there, failed or skipped, one line of JSON each in a report. A bad file \
            does not end the run: the exit code is then 2. When the backend goes away it is waited for; then the exit code \
            is 5, and the report says what was not tried. What is known of the files is kept in a ledger in \
            $SYNAPSE_STATE_DIR, $XDG_STATE_HOME/synapse or ~/.local/state/synapse, so that the next run reads only what \
            has changed.
            """)

    @Argument(help: "The folder; its subfolders are searched too. Hidden files and folders are skipped.")
    var folder: String

    @Option(help: "The id of the data collection.")
    var collection: Int

    @Option(help: "The id of a project: each unit becomes a task in it.")
    var project: Int?

    @Option(
        help: ArgumentHelp(
            """
            Notes for the units, CSV or JSON. CSV: a column file, filename or path names the file, groups its groups \
            with / between, each other column is a note. JSON: an object by file, or a list of objects.
            """, valueName: "file"))
    var metadata: String?

    @Flag(help: "Say what would be sent and what is skipped, and why; send nothing.")
    var dryRun = false

    @Option(
        help: ArgumentHelp("Where the report goes. Else beside the ledger; it is named at the end.", valueName: "file"))
    var report: String?

    @Option(help: ArgumentHelp("Try only what failed according to a report of an earlier run.", valueName: "report"))
    var retryFailed: String?

    @Flag(help: "Also send files outside of the folder to which links in it lead.")
    var followLinks = false

    @Option(help: "Files that are sent at once, at most; fewer when the backend can't keep up.")
    var concurrency = 48

    @OptionGroup var wait: WaitOptions
    @OptionGroup var content: ContentOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    var howToGoOn: String { "Run the same command to go on: what the backend has is not sent again." }

    func validate() throws {
        guard (1...256).contains(concurrency) else {
            throw ValidationError("--concurrency is 1 through 256, not \(concurrency)")
        }
    }

    func run() async throws {
        let contentGuard = try content.makeGuard()
        let retried = try retryFailed.map { try FailedFiles(report: $0) }
        if let retried, let retryFailed, retried.paths.isEmpty {
            Terminal.say("nothing failed according to \(retryFailed)")
            if output.output == .json { try UploadTally(isDryRun: dryRun).printEmptyDocument(report: retryFailed) }
            return
        }
        var files = try UploadFolder(folder, followsLinks: followLinks)
        files.leaveOut([metadata, report, retryFailed].compactMap(\.self))
        try checkReport(in: files.resolvedRoot)
        try files.readMetadata(metadata)
        let settings = try connection.configuration()
        try await ConnectionOptions.withClient(settings, change: { $0.contentGuard = contentGuard }) { client in
            let id = DataCollection.ID(rawValue: collection)
            let project = project.map { Project.ID(rawValue: $0) }
            let onWait: @Sendable (ClientError) -> Void = { [wait] in wait.say($0) }
            let outage = UploadOutage(tolerance: wait.tolerance, client: client, onWait: onWait)
            let asked = try await outage.persistently {
                let specifications = try await client.getDataCollection(id).fileSpecifications ?? []
                // Asked before anything is sent: what is wrong with a project would be found out at the very end.
                if let project { try Self.check(try await client.getProject(project), id) }
                return specifications
            }
            if case .success(let specifications) = asked {
                try files.sort(by: specifications, only: retried, metadata: metadata)
            }
            if case .failure(let error) = asked, outage.stoppedBy == nil || error.code == .notSignedIn { throw error }
            var options = CollectionUploadOptions(
                projectID: project, maximumConcurrency: concurrency, outageTolerance: wait.tolerance, isDryRun: dryRun)
            options.onWait = onWait
            let state = try UploadState(
                of: settings, collection: id, folder: files.resolvedRoot, report: report, keepsLedger: !dryRun)
            if let ledger = state.ledger {
                options.knownDigest = { [files] in ledger.checksum(of: files.relative($0), $1) }
            }
            var run = UploadRun(
                client: client, collection: id, files: files, options: options, state: state, format: output.output)
            switch asked {
            case .success: try await run.run()
            case .failure(let error): try run.giveUp(files.untried(only: retried), error)
            }
        }
    }

    /// - Throws: ``UsageError`` when the project can't have tasks of the collection's units.
    private static func check(_ project: Project, _ collection: DataCollection.ID) throws {
        guard let other = project.dataCollection?.id, other != collection else { return }
        throw UsageError(
            "the project \(project.id) is of data collection \(other), not \(collection); nothing was sent")
    }

    /// - Throws: ``UsageError`` when the report would take the place of something else.
    private func checkReport(in root: String) throws {
        guard let report, let place = UploadReport.resolved(report) else { return }
        if let metadata, UploadReport.resolved(metadata) == place {
            throw UsageError("--report \(report) is the metadata file; name another place")
        }
        switch LocalFile(at: report) {
        case .folder: throw UsageError("--report \(report) is a folder; name a file")
        case .special, .missing: return
        case .regular: break
        }
        let isInside = place.utf8.starts(with: (root.hasSuffix("/") ? root : root + "/").utf8)
        let isEmpty = FileSource.Identity(path: report)?.byteCount == 0
        guard UploadReport.isReport(report) || (isEmpty && !isInside) else {
            throw UsageError("--report \(report) is there and is no report; it is not overwritten")
        }
    }
}
