#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An open file or folder, closed when the last reference goes away.
///
/// Every method blocks.
final class Descriptor: Sendable {
    let number: Int32

    private init(_ number: Int32) {
        self.number = number
    }

    deinit {
        _ = close(number)
    }

    // MARK: Opening

    static func reading(_ path: String) throws(ArchiveError) -> Descriptor {
        Descriptor(try check("open", path) { unsafe open(path, O_RDONLY | O_CLOEXEC) })
    }

    /// Makes a file; an earlier one goes.
    static func creating(_ path: String) throws(ArchiveError) -> Descriptor {
        Descriptor(try check("open", path) { unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) })
    }

    static func folder(_ path: String) throws(ArchiveError) -> Descriptor {
        Descriptor(try check("open", path) { unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
    }

    /// Opens a folder inside of this one, made when it is not there; a link is not followed.
    func subfolder(_ name: String, entry: String) throws(ArchiveError) -> Descriptor {
        if unsafe mkdirat(number, name, 0o755) != 0, errno != EEXIST {
            throw Self.failure("mkdirat", entry: entry)
        }
        return Descriptor(
            try Self.check("openat", entry) {
                unsafe openat(number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            })
    }

    /// Makes a file inside of this folder; one that is there already, or a link, is an error.
    func newFile(_ name: String, isExecutable: Bool, entry: String) throws(ArchiveError) -> Descriptor {
        let mode: mode_t = isExecutable ? 0o755 : 0o644
        let file = Descriptor(
            try Self.check("openat", entry) {
                unsafe openat(number, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
            })
        _ = try Self.check("fchmod", entry) { fchmod(file.number, mode) }
        return file
    }

    // MARK: Bytes

    func byteCount() throws(ArchiveError) -> Int64 {
        let end = lseek(number, 0, SEEK_END)
        if end < 0 { throw Self.failure("lseek", entry: nil) }
        return Int64(end)
    }

    /// Reads up to `count` bytes; fewer only at the end of the file.
    func read(at offset: Int64, count: Int) throws(ArchiveError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let read = unsafe buffer.withUnsafeMutableBytes { target in
                unsafe pread(
                    number, target.baseAddress?.advanced(by: done), count - done, off_t(offset + Int64(done)))
            }
            if read < 0, errno == EINTR { continue }
            if read < 0 { throw Self.failure("read", entry: nil) }
            if read == 0 { break }
            done += read
        }
        buffer.removeLast(count - done)
        return buffer
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(ArchiveError) {
        var done = 0
        while done < bytes.count {
            let written = unsafe pwrite(
                number, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(offset + Int64(done)))
            if written < 0, errno == EINTR { continue }
            if written <= 0 { throw Self.failure("write", entry: nil) }
            done += written
        }
    }

    func write(_ bytes: [UInt8], at offset: Int64) throws(ArchiveError) {
        let result = unsafe bytes.withUnsafeBytes { bytes in
            Result { () throws(ArchiveError) in try unsafe write(bytes, at: offset) }
        }
        try result.get()
    }

    // MARK: Errors

    private static func check(
        _ call: String, _ entry: String?, _ body: () -> Int32
    ) throws(ArchiveError) -> Int32 {
        while true {
            let result = body()
            if result >= 0 { return result }
            if errno == EINTR { continue }
            throw failure(call, entry: entry)
        }
    }

    private static func failure(_ call: String, entry: String?) -> ArchiveError {
        let number = errno
        let text = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
        return ArchiveError(.inputOutput, "\(call): \(text)", entry: entry)
    }
}
