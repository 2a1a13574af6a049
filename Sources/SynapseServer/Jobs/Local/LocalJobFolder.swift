#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import SynapseModels

/// The folder of one job that runs on this machine; every method blocks.
struct LocalJobFolder: Sendable {
    let path: String

    var plugin: String { path + "/plugin" }
    var console: String { path + "/console.log" }

    var exists: Bool { FileSystem.exists(path) }

    /// Whether a runner has ever taken the job up.
    var wasTakenUp: Bool { FileSystem.exists(path + "/state") }

    /// The process that runs the job now; `nil` when none does.
    ///
    /// The kernel answers who holds the lock, so that it is that process and no other of the same number.
    func runner() throws(SystemError) -> pid_t? {
        let file: Int32
        do {
            file = try SystemError.check("open", path + "/lock") { unsafe open(path + "/lock", O_RDWR | O_CLOEXEC) }
        } catch  where error.isMissing {
            return nil
        }
        // Closing it drops the locks that this process has on the file: it has none.
        defer { _ = close(file) }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        try SystemError.check("fcntl", path + "/lock") { unsafe fcntl(file, F_GETLK, &lock) }
        return lock.l_type == Int16(F_UNLCK) ? nil : lock.l_pid
    }

    /// The session of the job's runner and the group of its program, as the runner wrote them down.
    func processes() -> (session: pid_t, group: pid_t)? {
        guard let row = read("state"), let session = row["pid"]?.integerValue.flatMap({ pid_t(exactly: $0) }),
            let group = row["group"]?.integerValue.flatMap({ pid_t(exactly: $0) }), session > 1, group > 1
        else { return nil }
        return (session, group)
    }

    /// How the run ended, as its runner wrote it down; `nil` when it did not.
    func exit() -> JobExit? {
        guard let row = read("exit") else { return nil }
        var exit = Self.exit(row)
        exit.time = try? OpenFile(path: path + "/exit", mode: .reading).modificationTime()
        return exit
    }

    private static func exit(_ row: JSONObject) -> JobExit {
        if let status = row["status"]?.integerValue { return JobExit(.status(Int32(clamping: status))) }
        if let signal = row["signal"]?.integerValue { return JobExit(.signal(Int32(clamping: signal))) }
        if row["stopped"] != nil { return JobExit(.stopped) }
        if row["time_limit"] != nil { return JobExit(.timeLimit) }
        return JobExit(.preparation, reason: row["preparation"]?.stringValue)
    }

    private func read(_ name: String) -> JSONObject? {
        guard let text = try? FileSystem.readText(path + "/" + name) else { return nil }
        return (try? JSONValue(parsing: Array(text.utf8)))?.objectValue
    }
}
