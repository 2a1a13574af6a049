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
    /// Where the last line about a path stands in the file; what it says is read when it is asked for.
    private struct Place: Sendable {
        /// A digest of the path's bytes.
        ///
        /// Of two paths with one digest the earlier is not known, and so is hashed again.
        var name: Int
        var offset: Int64
        var byteCount: Int
    }

    /// Lines above twice the files are rewritten once there are so many.
    private static let spareLineCount = 1000

    /// Ordered by `name`.
    private let places: [Place]
    private let source: FileSource?
    private let writer: JSONLinesWriter
    private let lock: JSONLinesWriter

    /// Opens or begins a ledger, for this process alone.
    ///
    /// - Throws: ``ClientError`` coded `fileUnwritable`, `fileUnreadable`, or `conflict` when another process has it.
    package init(path: String) throws(ClientError) {
        // The lock is on a file of its own: the ledger itself is replaced when it has grown.
        lock = try JSONLinesWriter(path: path + ".lock", keeps: true)
        guard lock.lock() else {
            throw ClientError(.conflict, "another upload of this folder to this collection is running")
        }
        var (places, lineCount) = try Self.places(in: path)
        if lineCount > 2 * places.count + Self.spareLineCount {
            try Self.compact(path, places)
            (places, lineCount) = try Self.places(in: path)
        }
        self.places = places
        source = places.isEmpty ? nil : try FileSource(path: path)
        writer = try JSONLinesWriter(path: path, keeps: true)
        try writer.endTornLine()
    }

    /// The digest of a file that has not changed since it was hashed.
    package func checksum(of path: String, _ identity: FileSource.Identity) -> String? {
        guard let place = place(PathKey(path).hashValue), let row = row(place),
            let found = try? row.read("path", as: String.self), PathKey(found) == PathKey(path),
            let known = Self.known(row), identity.isUntouched(since: known.identity)
        else { return nil }
        return known.checksum
    }

    private func place(_ name: Int) -> Place? {
        var range = places.indices
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if places[middle].name == name { return places[middle] }
            range = places[middle].name < name ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    private func row(_ place: Place) -> JSONRow? {
        guard let source else { return nil }
        var line = [UInt8](repeating: 0, count: place.byteCount)
        let count = unsafe line.withUnsafeMutableBytes { unsafe (try? source.read(into: $0, at: place.offset)) ?? 0 }
        return count == line.count ? try? JSONRow(parsing: line) : nil
    }

    /// - Throws: ``ClientError`` coded `fileUnwritable`.
    package func append(_ record: UploadRecord) throws(ClientError) { try writer.append(record) }

    /// - Throws: ``ClientError`` coded `fileUnwritable`.
    package func flush() throws(ClientError) { try writer.flush() }

    /// The last line about each path, and how many lines there are.
    private static func places(in path: String) throws(ClientError) -> ([Place], lineCount: Int) {
        guard let identity = FileSource.Identity(path: path) else { return ([], 0) }
        var places: [Place] = []
        // Lines have some 300 bytes.
        places.reserveCapacity(Int(clamping: identity.byteCount / 256))
        var reader = try JSONLinesReader(path: path)
        while let line = try reader.next() {
            guard let row = try? JSONRow(parsing: line.bytes), let name = try? row.read("path", as: String.self) else {
                continue
            }
            places.append(
                Place(name: PathKey(name).hashValue, offset: reader.lineOffset, byteCount: line.bytes.count))
        }
        let lineCount = places.count
        places.sort { ($0.name, $0.offset) < ($1.name, $1.offset) }
        var kept = 0
        for index in places.indices where index + 1 == lineCount || places[index].name != places[index + 1].name {
            places[kept] = places[index]
            kept += 1
        }
        places.removeLast(lineCount - kept)
        return (places, lineCount)
    }

    private static func known(_ row: JSONRow) -> (identity: FileSource.Identity, checksum: String)? {
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
        return (identity, checksum)
    }

    private static func compact(_ path: String, _ places: [Place]) throws(ClientError) {
        let fresh = path + ".new"
        let kept = Set(places.map(\.offset))
        let writer = try JSONLinesWriter(path: fresh, keeps: false)
        var reader = try JSONLinesReader(path: path)
        while let line = try reader.next() {
            guard kept.contains(reader.lineOffset), let row = try? JSONRow(parsing: line.bytes) else { continue }
            try writer.append(row.raw)
        }
        try writer.flush()
        try writer.synchronize()
        // The long one serves as well.
        if unsafe rename(fresh, path) != 0 { _ = unsafe unlink(fresh) }
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
