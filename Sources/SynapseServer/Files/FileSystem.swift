#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import NIOCore

/// The few blocking calls on directories and names that the server needs.
enum FileSystem {
    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// What the system numbers a file by; `nil` when it is not there.
    static func number(of path: String) -> UInt64? {
        var information = stat()
        guard unsafe stat(path, &information) == 0 else { return nil }
        return UInt64(truncatingIfNeeded: information.st_ino)
    }

    /// Makes a directory that only its owner may read; an existing one is fine.
    static func makeDirectory(_ path: String) throws(SystemError) {
        do {
            try SystemError.check("mkdir", path) { unsafe mkdir(path, 0o700) }
        } catch  where error.number == EEXIST {
            var information = stat()
            try SystemError.check("stat", path) { unsafe stat(path, &information) }
            guard information.st_mode & S_IFMT == S_IFDIR else {
                throw SystemError(call: "mkdir", number: ENOTDIR, path: path)
            }
        }
    }

    /// Takes away what others than the owner may do with a file or folder; one that is not there is fine.
    static func makePrivate(_ path: String) throws(SystemError) {
        var information = stat()
        do {
            try SystemError.check("stat", path) { unsafe stat(path, &information) }
        } catch  where error.isMissing {
            return
        }
        guard information.st_mode & 0o077 != 0 else { return }
        try SystemError.check("chmod", path) { unsafe chmod(path, information.st_mode & 0o700) }
    }

    /// Makes a directory and those above it; the names of those that were not there are on the disk then.
    static func makeDirectories(_ path: String) throws(SystemError) {
        var position = path.startIndex
        while position < path.endIndex {
            let next = path[path.index(after: position)...].firstIndex(of: "/") ?? path.endIndex
            let prefix = String(path[..<next])
            if !exists(prefix) {
                try makeDirectory(prefix)
                let parent = prefix.lastIndex(of: "/").map { String(prefix[..<$0]) } ?? "."
                try synchronizeDirectory(parent.isEmpty ? "/" : parent)
            }
            position = next
        }
    }

    /// Removes a file; one that is not there is fine.
    static func remove(_ path: String) throws(SystemError) {
        do {
            try SystemError.check("unlink", path) { unsafe unlink(path) }
        } catch  where error.number == ENOENT {
            return
        }
    }

    /// Removes a folder with all that is in it, or a file; links are not followed, and nothing there is fine.
    static func removeTree(_ path: String) throws(SystemError) {
        do {
            try SystemError.check("rmdir", path) { unsafe rmdir(path) }
            return
        } catch {
            switch error.number {
            case ENOENT: return
            case ENOTDIR: return try remove(path)
            case ENOTEMPTY, EEXIST: break
            default: throw error
            }
        }
        for name in names(in: path) { try removeTree(path + "/" + name) }
        try SystemError.check("rmdir", path) { unsafe rmdir(path) }
    }

    static func rename(_ source: String, to target: String) throws(SystemError) {
        try SystemError.check("rename", target) {
            #if canImport(Glibc)
            unsafe Glibc.rename(source, target)
            #elseif canImport(Musl)
            unsafe Musl.rename(source, target)
            #else
            unsafe Darwin.rename(source, target)
            #endif
        }
    }

    /// The path of something that is there, from the root and without links.
    static func absolutePath(of path: String) throws(SystemError) -> String {
        guard let found = unsafe realpath(path, nil) else { throw SystemError(call: "realpath", number: errno) }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }

    /// Gives a file a second name.
    static func link(_ source: String, to target: String) throws(SystemError) {
        try SystemError.check("link", target) {
            #if canImport(Glibc)
            unsafe Glibc.link(source, target)
            #elseif canImport(Musl)
            unsafe Musl.link(source, target)
            #else
            unsafe Darwin.link(source, target)
            #endif
        }
    }

    /// Waits until a directory's names are on the disk.
    static func synchronizeDirectory(_ path: String) throws(SystemError) {
        let descriptor = try SystemError.check("open", path) { unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        defer { _ = close(descriptor) }
        try SystemError.check("fsync", path) { fsync(descriptor) }
    }

    /// The names inside a directory, without `.` and `..`; none when it is not there or cannot be read.
    static func names(in path: String) -> [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe _ = closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: entry.pointee.d_name) { tuple in
                unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// A file's length, or nil when it is not there; that it cannot be told is an error.
    static func byteCount(of path: String) throws(SystemError) -> Int64? {
        do {
            try SystemError.check("access", path) { unsafe access(path, F_OK) }
            return try OpenFile(path: path, mode: .reading).byteCount()
        } catch  where error.isMissing {
            return nil
        }
    }

    /// Writes a small file so that a reader finds the old one or the new one, readable by its owner alone.
    static func writeAtomically(_ text: String, to path: String) throws(SystemError) {
        let temporary = path + ".new"
        try remove(temporary)
        let file = try OpenFile(path: temporary, mode: .creating)
        try file.write(.init(string: text), at: 0)
        try file.synchronize()
        try rename(temporary, to: path)
        if let slash = path.lastIndex(of: "/") { try synchronizeDirectory(String(path[..<slash])) }
    }

    /// Reads a small file as text, or nil when it is not there.
    static func readText(_ path: String) throws(SystemError) -> String? {
        guard exists(path) else { return nil }
        let file = try OpenFile(path: path, mode: .reading)
        return String(buffer: try file.read(at: 0, count: 65_536))
    }
}
