#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Ends what is left of a job whose runner is gone; blocks.
enum LocalProcesses {
    /// Kills the processes of a job: on Linux all that carry its number in their environment, elsewhere its group.
    static func killAll(ofJob uuid: String, group: pid_t?) {
        #if os(Linux)
        for _ in 0..<50 {
            let found = processes(ofJob: uuid)
            if found.isEmpty { return }
            for process in found { kill(process, SIGKILL) }
            usleep(10_000)
        }
        #else
        if let group { killpg(group, SIGKILL) }
        #endif
    }

    #if os(Linux)
    /// The processes that carry a job's number; those that have ended and wait to be reaped are none.
    static func processes(ofJob uuid: String) -> [pid_t] {
        let mark = Array("SYNAPSE_JOB_ID=\(uuid)".utf8)
        return FileSystem.names(in: "/proc").compactMap { pid_t($0) }.filter { process in
            guard process != getpid(), let environment = read("/proc/\(process)/environ") else { return false }
            return environment.split(separator: 0).contains { $0.elementsEqual(mark) }
        }
    }

    private static func read(_ path: String) -> [UInt8]? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if file < 0 { return nil }
        defer { _ = close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < 4 << 20 {
            let count = unsafe Glibc.read(file, &piece, piece.count)
            if count <= 0 { break }
            bytes += piece[..<count]
        }
        return bytes
    }
    #endif
}
