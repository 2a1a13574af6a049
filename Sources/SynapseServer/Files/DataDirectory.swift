#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The folder that holds everything of one backend, locked by the server that uses it.
///
/// The folder itself may be one that others read, if it was there before; all that is in it is its owner's alone.
///
/// The lock is advisory and belongs to the open descriptor: the kernel drops it when the process ends in any way, so a
/// crash never leaves a directory that refuses to start.
final class DataDirectory: Sendable {
    /// Tries to lock the folder, 10 milliseconds apart.
    private static let lockAttemptCount = 30

    let path: String
    private let lockDescriptor: Int32

    var database: String { path + "/synapse.db" }
    var files: String { path + "/files" }
    var uploads: String { path + "/uploads" }
    var jobs: String { path + "/jobs" }
    var environments: String { path + "/environments" }
    var adminToken: String { path + "/admin-token" }

    /// Sees to it that only the owner can read the database and what SQLite keeps beside it.
    ///
    /// The file is made before SQLite opens it: SQLite gives the files beside it the same mode.
    func makeDatabasePrivate() throws(BackendServerError) {
        do {
            let descriptor = try SystemError.check("open", database) {
                unsafe open(database, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            }
            _ = close(descriptor)
            for path in [database, database + "-wal", database + "-shm"] { try FileSystem.makePrivate(path) }
        } catch {
            throw BackendServerError(
                code: .databaseUnusable, message: "The database \(database) cannot be kept private: \(error).",
                underlying: error)
        }
    }

    init(path: String) throws(BackendServerError) {
        var trimmed = path
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        guard !trimmed.isEmpty else {
            throw BackendServerError(code: .directoryUnusable, message: "The data directory has no name.")
        }
        self.path = trimmed
        try Self.refuseForeign(trimmed)
        do {
            try FileSystem.makeDirectories(trimmed)
            for folder in ["files", "uploads", "jobs"] {
                try FileSystem.makeDirectory(trimmed + "/" + folder)
                try FileSystem.makePrivate(trimmed + "/" + folder)
            }
            try FileSystem.synchronizeDirectory(trimmed)
            lockDescriptor = try SystemError.check("open", trimmed + "/lock") {
                unsafe open(trimmed + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            }
        } catch {
            throw BackendServerError(
                code: .directoryUnusable,
                message: "The data directory \(trimmed) cannot be used: \(error).",
                underlying: error
            )
        }
        // A process that is just being started for a job shares the descriptor until its program begins.
        var attemptCount = 0
        while flock(lockDescriptor, LOCK_EX | LOCK_NB) != 0 {
            let number = errno
            guard number == EWOULDBLOCK || number == EINTR else {
                throw BackendServerError(
                    code: .directoryUnusable,
                    message:
                        "The data directory \(trimmed) cannot be locked: \(SystemError(call: "flock", number: number))."
                )
            }
            attemptCount += 1
            if attemptCount < Self.lockAttemptCount {
                usleep(10_000)
                continue
            }
            throw BackendServerError(
                code: .directoryInUse,
                message: "The data directory \(trimmed) is in use by another server."
            )
        }
    }

    /// Refuses a folder that holds something else: a backend's files between somebody's own would be sent or removed
    /// along with them.
    private static func refuseForeign(_ path: String) throws(BackendServerError) {
        if FileSystem.exists(path + "/synapse.db") { return }
        let own = ["files", "uploads", "jobs", "environments", "storages", "admin-token", "lock", "lost+found"]
        let foreign = FileSystem.names(in: path).filter { !$0.hasPrefix(".") && !own.contains($0) }.sorted()
        guard let first = foreign.first else { return }
        throw BackendServerError(
            code: .directoryUnusable,
            message: "The folder \(path) holds no backend but other things, \(first) among them; name a folder that is "
                + "empty or not there yet.")
    }

    /// The absolute folder of the storage that a tenant is born with; it may not be there yet.
    func storageFolder(tenant: Int64) throws(SystemError) -> String {
        try FileSystem.absolutePath(of: path) + "/storages/\(tenant)"
    }

    deinit {
        _ = close(lockDescriptor)
    }
}
