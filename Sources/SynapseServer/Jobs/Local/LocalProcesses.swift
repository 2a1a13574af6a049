#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Ends what is left of a job whose runner is gone; blocks.
enum LocalProcesses {
    /// Kills the processes of a job: on Linux all that carry its number in their environment or are of its group,
    /// elsewhere its group.
    static func killAll(ofJob uuid: String, _ known: (session: pid_t, group: pid_t)?) {
        #if os(Linux)
        for _ in 0..<50 {
            let found = processes(ofJob: uuid, known)
            if found.isEmpty { return }
            for process in found { kill(process, SIGKILL) }
            usleep(10_000)
        }
        #else
        if let known { killpg(known.group, SIGKILL) }
        #endif
    }

    #if os(Linux)
    /// The processes of a job; those that have ended and wait to be reaped are none.
    private static func processes(ofJob uuid: String, _ known: (session: pid_t, group: pid_t)?) -> [pid_t] {
        let mark = Array("SYNAPSE_JOB_ID=\(uuid)".utf8)
        return FileSystem.names(in: "/proc").compactMap { pid_t($0) }.filter { process in
            guard process != getpid(), let state = read("/proc/\(process)/stat"),
                let name = state.lastIndex(of: UInt8(ascii: ")"))
            else { return false }
            // Behind the name, which may hold anything: state, parent, group, session.
            let facts = state[name...].split(separator: UInt8(ascii: " ")).prefix(5).map {
                String(decoding: $0, as: UTF8.self)
            }
            guard facts.count == 5, !["Z", "X"].contains(facts[1]) else { return false }
            // Both numbers together are of this job alone: a session that a later process made under the runner's number
            // has no group of the program's number.
            if let known, known.group != known.session, facts[3] == "\(known.group)", facts[4] == "\(known.session)" {
                return true
            }
            guard let environment = read("/proc/\(process)/environ") else { return false }
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
