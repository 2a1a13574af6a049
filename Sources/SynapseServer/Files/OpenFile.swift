#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import NIOCore

/// One open file, closed when the last reference goes away.
///
/// Every method blocks: call them on the file thread pool.
final class OpenFile: Sendable {
    enum Mode: Sendable {
        case reading
        case writing
        /// Makes the file; fails when it exists.
        case creating
    }

    private let descriptor: Int32

    init(path: String, mode: Mode) throws(SystemError) {
        let flags =
            switch mode {
            case .reading: O_RDONLY | O_CLOEXEC
            case .writing: O_RDWR | O_CLOEXEC
            case .creating: O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
            }
        descriptor = try SystemError.check("open", path) { unsafe open(path, flags, 0o600) }
    }

    deinit {
        _ = close(descriptor)
    }

    func byteCount() throws(SystemError) -> Int64 {
        Int64(try SystemError.check("lseek") { lseek(descriptor, 0, SEEK_END) })
    }

    /// When its content was changed last.
    func modificationTime() throws(SystemError) -> String {
        var status = stat()
        try SystemError.check("fstat") { unsafe fstat(descriptor, &status) }
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        return WireTime.text(seconds: time.tv_sec, microseconds: time.tv_nsec / 1000)
    }

    /// Writes all readable bytes at an offset of the file.
    func write(_ buffer: ByteBuffer, at offset: Int64) throws(SystemError) {
        var failure: SystemError?
        unsafe buffer.withUnsafeReadableBytes { bytes in
            do throws(SystemError) {
                try unsafe write(bytes, at: offset)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
            done += try SystemError.check("pwrite") {
                unsafe pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + Int64(done)))
            }
        }
    }

    /// Reads up to `count` bytes from an offset; fewer at the end of the file, none behind it.
    func read(at offset: Int64, count: Int) throws(SystemError) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(count)
        var failure: SystemError?
        unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
            var done = 0
            do throws(SystemError) {
                while done < count {
                    let read = try SystemError.check("pread") {
                        unsafe pread(
                            descriptor, target.baseAddress?.advanced(by: done), count - done,
                            off_t(offset) + off_t(done))
                    }
                    if read == 0 { break }
                    done += read
                }
            } catch {
                failure = error
            }
            return done
        }
        if let failure { throw failure }
        return buffer
    }

    /// Cuts or extends the file to a length.
    func truncate(to byteCount: Int64) throws(SystemError) {
        try SystemError.check("ftruncate") { ftruncate(descriptor, off_t(byteCount)) }
    }

    /// Has the system begin to bring a range to the disk, which it would otherwise put off until the file is synced.
    ///
    /// Only a hint: that it can't be given costs time at the end. Linux takes the advice that bytes are not needed any
    /// more as an order to write those that are not on the disk yet, and keeps them until that is done.
    func beginWriting(_ range: Range<Int64>) {
        #if os(Linux)
        _ = posix_fadvise(descriptor, off_t(range.lowerBound), off_t(range.count), POSIX_FADV_DONTNEED)
        #endif
    }

    /// Has reads and writes pass the system's page cache by, or not any more; answers whether the file system allows it.
    ///
    /// Linux then wants memory, offset and length of each to be multiples of the disk's sector.
    @discardableResult
    func bypassCache(_ isBypassed: Bool) -> Bool {
        #if os(Linux)
        let flags = fcntl(descriptor, F_GETFL)
        guard flags != -1 else { return false }
        return fcntl(descriptor, F_SETFL, isBypassed ? flags | Self.direct : flags & ~Self.direct) != -1
        #else
        return fcntl(descriptor, F_NOCACHE, isBypassed ? 1 : 0) != -1
        #endif
    }

    #if os(Linux)
    /// `O_DIRECT`, which the C library shows to GNU sources alone. Source: Linux, `include/uapi/asm-generic/fcntl.h` and
    /// `arch/arm64/include/uapi/asm/fcntl.h`.
    #if arch(arm64) || arch(arm)
    private static let direct: Int32 = 0o200000
    #else
    private static let direct: Int32 = 0o40000
    #endif
    #endif

    /// Waits until the file's bytes are on the disk.
    func synchronize() throws(SystemError) {
        #if canImport(Darwin)
        try SystemError.check("fsync") { fcntl(descriptor, F_FULLFSYNC) }
        #else
        try SystemError.check("fdatasync") { fdatasync(descriptor) }
        #endif
    }
}
