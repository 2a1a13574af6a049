import GRDB
import HTTPTypes

/// The SQLite database: one writer at a time in a queue, readers beside it on snapshots.
struct ServerDatabase: Sendable {
    let pool: DatabasePool
    private let path: String
    /// The file that was opened, as the system numbers it.
    private let number: UInt64?

    /// Opens the database, makes it when it is missing, and brings its schema up to date.
    ///
    /// Commits are synchronous with the disk (`FULL`): an answered write survives a power cut too. It costs one flush
    /// for each commit, next to the flushes that the bytes of an upload need anyhow.
    init(path: String) throws(BackendServerError) {
        let isNewer: Bool
        do {
            var configuration = Configuration()
            configuration.label = "synapse"
            configuration.busyMode = .timeout(10)
            configuration.maximumReaderCount = 5
            configuration.prepareDatabase { db in
                try db.execute(sql: "PRAGMA synchronous = FULL")
                // In KiB. Readers find the rest in the cache of the system, which they share.
                try db.execute(sql: "PRAGMA cache_size = \(db.configuration.readonly ? -2000 : -8000)")
            }
            pool = try DatabasePool(path: path, configuration: configuration)
            isNewer = try pool.read(Migrations.all.hasBeenSuperseded)
            if !isNewer { try Migrations.all.migrate(pool) }
        } catch {
            throw BackendServerError(
                code: .databaseUnusable,
                message: "The database cannot be opened or brought up to date.",
                underlying: error
            )
        }
        self.path = path
        number = FileSystem.number(of: path)
        guard !isNewer else {
            throw BackendServerError(
                code: .databaseUnusable,
                message: "The database \(path) was made by a newer version of synapse; serve it with that version.")
        }
    }

    /// Reads a consistent snapshot.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await pool.read(body)
        } catch let error as DatabaseError {
            throw Self.translate(error)
        }
    }

    /// Whether the file that was opened is still what its path leads to.
    var isInPlace: Bool { number == FileSystem.number(of: path) }

    /// Runs one transaction; an error rolls it back.
    ///
    /// - Throws: ``APIError`` with status 503 when the file was removed: what is written to it now would be lost.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        guard isInPlace else { throw APIError.storeRemoved }
        do {
            return try await pool.write(body)
        } catch let error as DatabaseError {
            throw Self.translate(error)
        }
    }

    /// Closes the database after moving the write-ahead log into it, so that the one file is whole by itself.
    func close() throws {
        // A reader that is still at work keeps the log; the next start reads it.
        _ = try? pool.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
        try pool.close()
    }

    /// Turns the failures that a client can do something about into answers.
    static func translate(_ error: DatabaseError) -> any Error {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return APIError.busy
        case .SQLITE_FULL:
            return APIError.outOfSpace
        default:
            return error
        }
    }
}

extension ServerDatabase {
    /// Whether a failure says that the database may take the same later.
    static func mayPass(_ error: any Error) -> Bool {
        if let error = error as? APIError {
            return [APIError.busy.status, APIError.outOfSpace.status].contains(error.status)
        }
        let codes: [ResultCode] = [.SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY]
        return (error as? DatabaseError).map { codes.contains($0.resultCode) } ?? false
    }
}

extension APIError {
    static var busy: APIError {
        var error = APIError(.serviceUnavailable, "The server is busy; try again.")
        error.headers[.retryAfter] = "1"
        return error
    }

    static var storeRemoved: APIError {
        APIError(
            .serviceUnavailable,
            "The data directory was removed while the server ran: nothing is stored any more. Start the server again.")
    }

    static var outOfSpace: APIError {
        APIError(.init(code: 507, reasonPhrase: "Insufficient Storage"), "The server has no disk space left.")
    }
}
