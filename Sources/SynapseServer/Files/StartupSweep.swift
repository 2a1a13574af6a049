import GRDB
import Logging

/// Brings the disk and the rows together before the server takes requests.
///
/// Bytes come before rows, so what a crash leaves behind is files without rows: they are removed. A row without its
/// file means that someone else changed the disk: it is reported and kept, because sending the file again repairs it.
/// Only files whose names the server makes are touched; what else is there is somebody else's, and is logged.
struct StartupSweep {
    /// How long the row of an expired upload still says that it has expired.
    private static let expiredRowLifetime: Duration = .seconds(7 * 86_400)

    let database: ServerDatabase
    let files: LocalFileStore
    let logger: Logger

    /// Blocks until all is swept.
    func run() throws -> SweepReport {
        var report = SweepReport()
        try sweepRows(&report)
        try sweepUploads(&report)
        try sweepJobs(&report)
        for folder in try folders() { try sweepFolder(folder, &report) }
        if report.missingFileCount > 0 {
            logger.warning("rows without their file", metadata: ["count": "\(report.missingFileCount)"])
        }
        return report
    }

    /// Removes what has expired: answers, uploads, and the content that only such uploads held.
    func sweepRows(_ report: inout SweepReport) throws {
        let (expiredCount, orphans) = try database.pool.write { db in
            try db.execute(sql: "DELETE FROM idempotency_answer WHERE created <= ?", arguments: [IdempotencyKey.oldest])
            try db.execute(
                sql: "DELETE FROM chunked_upload WHERE expires <= ?",
                arguments: [WireTime.now(adding: .zero - Self.expiredRowLifetime)])
            let removed = db.changesCount
            let names = try String.fetchAll(
                db, sql: "SELECT name FROM stored_file WHERE \(StoredFileRepository.isOrphan)")
            for name in names {
                try db.execute(sql: "DELETE FROM stored_file WHERE name = ?", arguments: [name])
            }
            return (removed, names)
        }
        for name in orphans { files.remove(name) }
        let presigned = try database.pool.write { try PresignedUploadRepository().removeExpired($0) }
        files.removePieces(presigned.pieces)
        report.expiredUploadCount += expiredCount + presigned.count
    }

    /// The uploads that expired before they were complete.
    func expiredUploads() throws -> [String] {
        try database.pool.read { db in
            try String.fetchAll(
                db, sql: "SELECT id FROM chunked_upload WHERE completed IS NULL AND expires <= ?",
                arguments: [WireTime.now()])
        }
    }

    private func sweepUploads(_ report: inout SweepReport) throws {
        let live = try database.pool.read { db in
            try Set(
                String.fetchAll(
                    db, sql: "SELECT id FROM chunked_upload WHERE completed IS NULL AND expires > ?",
                    arguments: [WireTime.now()]))
        }
        let pieces = try database.pool.read { try PresignedUploadRepository().pieceNames($0) }
        let folder = files.directory.uploads
        for name in FileSystem.names(in: folder) {
            if name.hasSuffix(".part"), live.contains(String(name.dropLast(5))) { continue }
            if name.hasSuffix(LocalFileStore.pieceSuffix),
                pieces.contains(String(name.dropLast(LocalFileStore.pieceSuffix.count)))
            {
                continue
            }
            guard
                LocalFileStore.isTemporaryName(name) || UUIDText.isPartName(name)
                    || name.hasSuffix(LocalFileStore.pieceSuffix)
            else {
                skip(folder + "/" + name)
                continue
            }
            if remove(folder + "/" + name) { report.removedTemporaryCount += 1 }
        }
    }

    /// Removes the folders of jobs that there are not, and what a search for Python left.
    private func sweepJobs(_ report: inout SweepReport) throws {
        let jobs = try database.pool.read { db in try String.fetchSet(db, sql: "SELECT uuid FROM job") }
        for name in FileSystem.names(in: files.directory.jobs) where !jobs.contains(name) {
            let path = files.directory.jobs + "/" + name
            let isScratch = name.hasPrefix("python-") && LocalFileStore.isName(name.dropFirst(7))
            guard isScratch || UUIDText.isPartName(name + ".part") else {
                skip(path)
                continue
            }
            do {
                if !isScratch, try LocalJobFolder(path: path).runner() != nil { continue }
                try FileSystem.removeTree(path)
                report.removedTemporaryCount += 1
            } catch {
                logger.warning("what a job left cannot be removed", metadata: ["path": "\(path)", "error": "\(error)"])
            }
        }
    }

    /// The folders of content that are there, and those that rows say should be there.
    private func folders() throws -> [String] {
        let named = try database.pool.read { db in
            try String.fetchSet(db, sql: "SELECT DISTINCT substr(name, 1, 2) FROM stored_file")
        }
        let found = FileSystem.names(in: files.directory.files).filter { name in
            if LocalFileStore.isFolderName(name) { return true }
            skip(files.directory.files + "/" + name)
            return false
        }
        return named.union(found).sorted()
    }

    /// Folders hold the names that begin with theirs, so each is compared with one range of rows.
    private func sweepFolder(_ folder: String, _ report: inout SweepReport) throws {
        let rows = try database.pool.read { db in
            try Row.fetchAll(
                db, sql: "SELECT name, byte_count FROM stored_file WHERE name >= ? AND name < ?",
                arguments: [folder, folder + "g"]
            ).map { (name: $0[0] as String, byteCount: $0[1] as Int64) }
        }
        let known = Set(rows.map(\.name))
        let path = files.directory.files + "/" + folder
        for name in FileSystem.names(in: path) where !known.contains(name) {
            guard LocalFileStore.isName(name), name.hasPrefix(folder) else {
                skip(path + "/" + name)
                continue
            }
            if remove(path + "/" + name) { report.removedFileCount += 1 }
        }
        for row in rows where !isWhole(path + "/" + row.name, row.byteCount) { report.missingFileCount += 1 }
    }

    private func isWhole(_ path: String, _ byteCount: Int64) -> Bool {
        do {
            return try FileSystem.byteCount(of: path) == byteCount
        } catch {
            logger.warning("a stored file cannot be looked at", metadata: ["error": "\(error)"])
            return false
        }
    }

    /// Removes a file; one that cannot be removed is in nobody's way.
    private func remove(_ path: String) -> Bool {
        do {
            try FileSystem.remove(path)
            return true
        } catch {
            logger.warning("a surplus file cannot be removed", metadata: ["error": "\(error)"])
            return false
        }
    }

    private func skip(_ path: String) {
        logger.warning("not a file of this server; it is left alone", metadata: ["path": "\(path)"])
    }
}
