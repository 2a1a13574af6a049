import SynapseModels
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The folder of virtual environments that jobs of this machine share; ``LocalRunner`` makes them.
///
/// Each is a folder with `complete` in it when it is whole, beside a file `.lock` that its maker holds.
struct LocalEnvironments: Sendable {
    /// How long an environment is kept that no job needs.
    static let lifetime: Duration = .seconds(30 * 86_400)
    /// How long one is kept that did not become whole: its maker was killed.
    static let brokenLifetime: Duration = .seconds(3600)

    let path: String

    /// Removes what no job has used for long and what is broken, with its lock; what somebody makes now stays.
    func sweep() throws(SystemError) {
        var failure: SystemError?
        let names = FileSystem.names(in: path).map { $0.hasSuffix(".lock") ? String($0.dropLast(5)) : $0 }
        for name in Set(names) where Hexadecimal.isText(name, digitCount: 32) {
            do throws(SystemError) { try sweep(path + "/" + name) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    private func sweep(_ home: String) throws(SystemError) {
        let lock = home + ".lock"
        let file = try SystemError.check("open", lock) { unsafe open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600) }
        defer { _ = close(file) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0, try isOld(home) else { return }
        // First, so that half of an environment is never taken for a whole one.
        try FileSystem.remove(home + "/complete")
        try FileSystem.removeTree(home)
        try FileSystem.remove(lock)
    }

    private func isOld(_ home: String) throws(SystemError) -> Bool {
        if FileSystem.exists(home + "/complete") {
            return try changed(home + "/complete") < WireTime.now(adding: .zero - Self.lifetime)
        }
        let witness = FileSystem.exists(home) ? home : home + ".lock"
        return try changed(witness) < WireTime.now(adding: .zero - Self.brokenLifetime)
    }

    private func changed(_ path: String) throws(SystemError) -> String {
        try OpenFile(path: path, mode: .reading).modificationTime()
    }
}
