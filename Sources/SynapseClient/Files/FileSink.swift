#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that is being written under a temporary name, in the folder of its final one.
///
/// One task writes at a time. The descriptor is closed with the last reference; a file that was not kept is removed.
package final class FileSink: Sendable {
    package let path: String
    private let temporaryPath: String
    private let descriptor: Int32

    package init(path: String) throws(ClientError) {
        self.path = path
        // Random, so that two processes that fetch the same file do not write into one another's.
        temporaryPath = "\(path).\(MultipartForm.makeBoundary().prefix(12)).part"
        descriptor = unsafe open(temporaryPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.unwritable(path, errno) }
    }

    deinit {
        close(descriptor)
        // Does nothing after `keep()`, which took the name away.
        unsafe unlink(temporaryPath)
    }

    package func write(_ bytes: [UInt8], at offset: Int64) throws(ClientError) {
        var written = 0
        while written < bytes.count {
            let start = written
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(
                    descriptor, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start,
                    off_t(offset + Int64(start))
                )
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.unwritable(path, errno)
            }
            written += count
        }
    }

    /// Cuts the file to what is good.
    package func truncate(to byteCount: Int64) throws(ClientError) {
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw Self.unwritable(path, errno) }
    }

    /// Gives the file its final name, in one step, when its bytes are on the disk.
    package func keep() throws(ClientError) {
        guard fsync(descriptor) == 0 else { throw Self.unwritable(path, errno) }
        guard unsafe rename(temporaryPath, path) == 0 else { throw Self.unwritable(path, errno) }
    }

    private static func unwritable(_ path: String, _ code: Int32) -> ClientError {
        var context = ClientError.Context()
        context.file = path
        return ClientError(
            .fileUnwritable, "\(path) cannot be written: \(unsafe String(cString: strerror(code)).lowercased())",
            context: context
        )
    }
}
