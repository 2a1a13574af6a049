import SynapseClient
import SynapseModels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The report of one run: written beside its place, and put there at the end.
///
/// What stands in its place is kept until then, so that a run that is killed takes nothing away that it was to retry.
struct UploadReport {
    /// Where it goes.
    let path: String
    private let writer: JSONLinesWriter
    /// The file that it replaces at the end; `nil` when it is written in place, as to a device.
    private let target: String?

    /// Where it is now.
    var writtenPath: String { writer.path }

    /// - Throws: ``ClientError`` coded `fileUnwritable`, or `conflict` when another run writes the same report.
    init(path: String) throws(ClientError) {
        self.path = path
        let target: String?
        if case .special = LocalFile(at: path) { target = nil } else { target = Self.resolved(path) ?? path }
        self.target = target
        guard let target else {
            writer = try JSONLinesWriter(path: path, keeps: true)
            return
        }
        let opened = try JSONLinesWriter(path: Self.temporaryPath(target), keeps: true)
        // One that is not in its place was just finished by another run.
        guard opened.lock(), opened.isInPlace else {
            throw ClientError(.conflict, "another upload writes the report \(path)")
        }
        try opened.empty()
        writer = opened
    }

    /// - Throws: ``ClientError`` coded `fileUnwritable`.
    func append(_ record: UploadRecord) throws(ClientError) { try writer.append(record) }

    /// Puts the report into its place.
    ///
    /// - Throws: ``ClientError`` coded `fileUnwritable`.
    func finish() throws(ClientError) {
        try writer.flush()
        guard let target else { return }
        guard unsafe rename(writer.path, target) == 0 else {
            let reason = unsafe String(cString: strerror(errno)).lowercased()
            throw ClientError(.fileUnwritable, "\(target) cannot be written: \(reason)")
        }
    }

    /// Whether a file is empty or a report, that is, whether nothing else is lost when it is replaced.
    static func isReport(_ path: String) -> Bool {
        var (rows, isGood) = (0, true)
        do throws(ClientError) {
            try UploadLedger.forEachRow(of: path) { _, row, _ in
                rows += 1
                let isRow =
                    (try? row.read("path", as: String.self)) != nil && (try? row.read("state", as: String.self)) != nil
                // The lines of a ledger are like those of a report, and of more worth.
                if !isRow || (try? row.read("inode", as: String.self)) != nil { isGood = false }
            } onBad: { _ in
                isGood = false
            }
        } catch {
            return false
        }
        return isGood && rows > 0
    }

    /// Whether the first line of a file is one of a report.
    static func beginsLikeOne(_ path: String) -> Bool {
        guard var reader = try? JSONLinesReader(path: path), let line = try? reader.next(),
            let row = try? JSONRow(parsing: line.bytes), (try? row.read("path", as: String.self)) != nil,
            let state = try? row.read("state", as: String.self)
        else { return false }
        let states: [CollectionUploadFile.State] = [.planned, .uploaded, .alreadyThere, .failed, .skipped]
        return states.contains(.init(rawValue: state))
    }

    /// Hidden, so that one that a killed run left in the folder is none of its files.
    private static func temporaryPath(_ target: String) -> String {
        let start = target.lastIndex(of: "/").map(target.index(after:)) ?? target.startIndex
        return "\(target[..<start]).\(target[start...]).part"
    }

    /// The path with all links resolved; `nil` when the file is not there.
    static func resolved(_ path: String) -> String? {
        guard let found = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }
}
