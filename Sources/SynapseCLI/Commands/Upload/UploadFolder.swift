import SynapseClient
import SynapseModels

/// A folder that is to be uploaded: its units with their notes, and what is in it besides.
struct UploadFolder {
    /// The most problems of a metadata file that are named.
    private static let namedProblemCount = 20

    private var scan: FolderScan
    private var metadata: DatasetMetadata?
    /// Whether a metadata file was given.
    private(set) var hasNotes = false
    private var notes: [Int: DatasetMetadata.Entry] = [:]
    private(set) var units = UnitGrouping.Units()
    /// What ends as failed without being tried.
    private(set) var unusable: [UnitGrouping.Skipped]
    /// What is not to be uploaded, files and rows of the metadata.
    private(set) var skipped: [UnitGrouping.Skipped]

    let resolvedRoot: String

    init(_ folder: String, followsLinks: Bool) throws {
        scan = try FolderScan.files(in: folder, followsLinks: followsLinks)
        unusable = scan.unusable
        skipped = scan.outside + scan.hidden
        resolvedRoot = scan.resolvedRoot
        skipReports()
    }

    /// The path of a file below the folder.
    func relative(_ path: String) -> String { scan.relative(path) }

    /// Leaves files out that belong to the upload and not to the data.
    mutating func leaveOut(_ paths: [String]) {
        let identities = paths.compactMap { FileSource.Identity(path: $0) }
        guard !identities.isEmpty else { return }
        let kept = scan.files.lazy.filter { path in
            guard let found = FileSource.Identity(path: path) else { return true }
            return !identities.contains { $0.inode == found.inode && $0.device == found.device }
        }
        scan.files = PathList(kept)
    }

    /// Passes over what earlier uploads left in the folder: each run would send the one of the run before.
    private mutating func skipReports() {
        let reports = scan.files.filter(UploadState.isLeftover)
        guard !reports.isEmpty else { return }
        skipped += reports.map { .init(path: $0, code: "report", reason: "a report or ledger of an upload") }
        let names = Set(reports)
        scan.files = PathList(scan.files.lazy.filter { !names.contains($0) })
    }

    /// - Throws: ``UsageError`` that names the rows that can't be used.
    mutating func readMetadata(_ path: String?) throws {
        guard let path else { return }
        guard let bytes = InputFile.read(path, upTo: 256 << 20) else {
            throw UsageError("the metadata file \(path) can't be read")
        }
        do throws(DatasetMetadata.Problems) {
            metadata = try DatasetMetadata(parsing: bytes)
            hasNotes = true
        } catch {
            let named = error.list.prefix(Self.namedProblemCount).map { "\n  \(Terminal.printable($0.description))" }
            let more = error.list.count - named.count
            throw UsageError(
                "\(path) can't be used; nothing was sent:\(named.joined())" + (more > 0 ? "\n  … and \(more) more" : "")
            )
        }
    }

    /// Makes units of the files.
    ///
    /// - Throws: ``UsageError`` when there is nothing to upload.
    mutating func sort(
        by specifications: [FileSpecification], only retried: FailedFiles?, metadata path: String?
    ) throws {
        var grouping = UnitGrouping(paths: scan.files, in: scan.root, specifications: specifications)
        scan.files = PathList()
        let isEmpty = grouping.units.isEmpty && unusable.isEmpty
        // Among all units, whichever are tried again: what a name leads to must not depend on that.
        let match = metadata.map { MetadataMatch($0, grouping.units, relative: relative) }
        metadata = nil
        notes = match?.entries ?? [:]
        if let match, let path, notes.isEmpty, !grouping.units.isEmpty, let row = match.unused.first {
            throw UsageError(
                "no row of \(path) is about a file that would be uploaded; nothing was sent. The first: "
                    + "\(Terminal.printable(row.entry.file)): \(row.reason)")
        }
        if let retried {
            if !grouping.units.isEmpty { try check(retried) }
            let kept = grouping.keepUnits { unit in unit.files.values.contains { retried.contains(relative($0)) } }
            let known = notes
            notes = Dictionary(
                uniqueKeysWithValues: kept.enumerated().compactMap { place, old in
                    known[old].map { (place, $0) }
                })
            unusable = unusable.filter { retried.contains(relative($0.path)) }
            skipped = (skipped + grouping.skipped).filter { retried.contains(relative($0.path)) }
            let found = Set(
                (grouping.units.flatMap { Array($0.files.values) } + (unusable + skipped).map(\.path)).map {
                    PathKey(relative($0))
                })
            // Of a folder that could not be read its files are tried, now that it can be.
            addMissing(retried.paths.subtracting(found).filter { !isFolder($0.path) })
        } else {
            skipped += grouping.skipped
        }
        units = grouping.units
        guard retried == nil else { return }
        // A row that is about no file is named by what it says, not as a path that could be opened.
        skipped += (match?.unused ?? []).map {
            UnitGrouping.Skipped(path: $0.entry.file, code: $0.code, reason: $0.reason)
        }
        if isEmpty { throw nothingToUpload }
    }

    /// Says why of the first file that the folder does hold.
    private var nothingToUpload: UsageError {
        let why = skipped.first { $0.code != "hidden" }.map {
            " (\(Terminal.printable(relative($0.path))): \($0.reason))"
        }
        return UsageError("\(scan.root) holds no file that the collection takes\(why ?? "")")
    }

    /// - Throws: ``UsageError`` when nothing of the report is in the folder.
    private func check(_ retried: FailedFiles) throws {
        let isKnown = retried.sample.contains { path in
            if case .missing = LocalFile(at: scan.root + "/" + path) { false } else { true }
        }
        guard !isKnown else { return }
        throw UsageError(
            "the report to be retried is of another folder: \(scan.root) holds no file that it names, such as "
                + Terminal.printable(retried.sample.first ?? ""))
    }

    private func isFolder(_ path: String) -> Bool {
        if case .folder = LocalFile(at: scan.root + "/" + path) { true } else { false }
    }

    /// Failed files of an earlier run that can't be tried again, because they are gone.
    private mutating func addMissing(_ paths: Set<PathKey>) {
        unusable += paths.map(\.path).sorted(by: PathKey.precedes).map {
            UnitGrouping.Skipped(path: $0, code: "missing", reason: "it is not in the folder any more")
        }
    }

    /// What ends as not tried when the server is not there from the beginning: every file, as their units are not known.
    func untried(only retried: FailedFiles?) -> [String] {
        scan.files.filter { retried?.contains(relative($0)) ?? true }
    }

    /// Units for which a metadata file was given that says nothing about them.
    func unitsWithoutNotes() -> [String] {
        units.indices.filter { notes[$0] == nil }.map { units[$0].files.values.min().map(relative) ?? units[$0].key }
    }

    /// The units as they are uploaded, made as they are pulled.
    var items: some Sequence<OrganizedFile> {
        units.indices.lazy.map { index in
            let entry = notes[index]
            return OrganizedFile(files: units[index].files, meta: entry.map { .object($0.meta) }, groups: entry?.groups)
        }
    }
}
