package import SynapseModels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What is known on disk of the files of one folder that go to one collection, over all runs.
///
/// Lines are appended as files finish; a line that a killed run left half written is passed over. Of a path the last
/// line counts. A file whose size, age and place on disk are what they were need not be hashed again; whether the server
/// has it is asked all the same.
///
/// Source: docs/decisions/0010-dataset-ledger.md.
package final class UploadLedger: Sendable {
    private struct Known: Sendable {
        var identity: FileSource.Identity
        var checksum: String
    }

    /// Lines above twice the files are rewritten once there are so many.
    private static let spareLineCount = 1000

    private let known: [PathKey: Known]
    private let writer: JSONLinesWriter

    /// Opens or begins a ledger, for this process alone.
    ///
    /// - Throws: ``ClientError`` coded `fileUnwritable`, `fileUnreadable`, or `conflict` when another process has it.
    package init(path: String) throws(ClientError) {
        // The lock is on a file of its own: the ledger itself is replaced when it has grown.
        lock = try JSONLinesWriter(path: path + ".lock", keeps: true)
        guard lock.lock() else {
            throw ClientError(.conflict, "another upload of this folder to this collection is running")
        }
        var lines: [PathKey: Int] = [:]
        var known: [PathKey: Known] = [:]
        var count = 0
        if FileSource.Identity(path: path) != nil {
            try Self.forEachRow(of: path) { number, row, _ in
                count += 1
                guard let name = try? row.read("path", as: String.self) else { return }
                let key = PathKey(name)
                lines[key] = number
                known[key] = Self.known(row)
            }
            if count > 2 * lines.count + Self.spareLineCount { try Self.compact(path, Set(lines.values)) }
        }
        self.known = known
        writer = try JSONLinesWriter(path: path, keeps: true)
        try writer.endTornLine()
    }

    private let lock: JSONLinesWriter

    /// The digest of a file that has not changed since it was hashed.
    package func checksum(of path: String, _ identity: FileSource.Identity) -> String? {
        guard let known = known[PathKey(path)], identity.isUntouched(since: known.identity) else { return nil }
        return known.checksum
    }

    /// - Throws: ``ClientError`` coded `fileUnwritable`.
    package func append(_ record: UploadRecord) throws(ClientError) { try writer.append(record) }

    /// - Throws: ``ClientError`` coded `fileUnwritable`.
    package func flush() throws(ClientError) { try writer.flush() }

    private static func known(_ row: JSONRow) -> Known? {
        guard let checksum = try? row.read("checksum", as: String.self),
            let bytes = try? row.read("bytes", as: Int64.self),
            let modified = try? row.read("modified", as: Int64.self),
            let nanoseconds = try? row.read("modified_ns", as: Int64.self),
            let changed = try? row.read("changed", as: Int64.self),
            let changedNanoseconds = try? row.read("changed_ns", as: Int64.self),
            let device = UInt64((try? row.read("device", as: String.self)) ?? ""),
            let inode = UInt64((try? row.read("inode", as: String.self)) ?? "")
        else { return nil }
        var identity = FileSource.Identity(
            byteCount: bytes, modifiedSeconds: modified, modifiedNanoseconds: nanoseconds, device: device, inode: inode)
        identity.changedSeconds = changed
        identity.changedNanoseconds = changedNanoseconds
        return Known(identity: identity, checksum: checksum)
    }

    private static func compact(_ path: String, _ kept: Set<Int>) throws(ClientError) {
        let fresh = path + ".new"
        let writer = try JSONLinesWriter(path: fresh, keeps: false)
        var failure: ClientError?
        try forEachRow(of: path) { number, row, _ in
            guard kept.contains(number), failure == nil else { return }
            do throws(ClientError) { try writer.append(row.raw) } catch { failure = error }
        }
        if let failure { throw failure }
        try writer.flush()
        _ = unsafe rename(fresh, path)
    }

    /// Calls `body` with the number, from 1, of each line that is a whole JSON object; tells of the others.
    package static func forEachRow(
        of path: String, _ body: (Int, JSONRow, _ isWhole: Bool) -> Void, onBad: (Int) -> Void = { _ in }
    ) throws(ClientError) {
        var reader = try JSONLinesReader(path: path)
        var number = 0
        while let line = try reader.next() {
            number += 1
            if line.bytes.isEmpty { continue }
            if let row = try? JSONRow(parsing: line.bytes) {
                body(number, row, line.isWhole)
            } else if line.isWhole {
                onBad(number)
            }
        }
    }
}
