package import SynapseModels
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Appends JSON values to a file, one a line, some kilobytes at a time.
package final class JSONLinesWriter: Sendable {
    private static let bufferedByteCount = 32 << 10

    package let path: String
    private let descriptor: Int32
    private let buffer = Mutex<[UInt8]>([])

    /// Opens a file for appending that only its owner can read.
    ///
    /// `keeps` says whether what stands in the file stays.
    ///
    /// - Throws: ``ClientError`` coded `fileUnwritable`.
    package init(path: String, keeps: Bool) throws(ClientError) {
        let flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | (keeps ? 0 : O_TRUNC)
        descriptor = unsafe open(path, flags, 0o600)
        guard descriptor >= 0 else { throw Self.unwritable(path, errno) }
        self.path = path
    }

    deinit {
        try? flush()
        close(descriptor)
    }

    /// Keeps other processes out until the file is closed, where the file system can.
    ///
    /// - Returns: Whether no other process has it.
    package func lock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK }

    /// Whether the path still leads to the file that was opened.
    package var isInPlace: Bool { FilePlace.holds(descriptor, at: path) }

    /// Removes all that stands in the file.
    ///
    /// - Throws: ``ClientError`` coded `fileUnwritable`.
    package func empty() throws(ClientError) {
        guard ftruncate(descriptor, 0) == 0 else { throw Self.unwritable(path, errno) }
    }

    /// Ends a line that a killed process left half written.
    package func endTornLine() throws(ClientError) {
        let end = lseek(descriptor, 0, SEEK_END)
        guard end > 0 else { return }
        var last: UInt8 = 0
        let count = unsafe pread(descriptor, &last, 1, end - 1)
        if count == 1, last != UInt8(ascii: "\n") { try write([UInt8(ascii: "\n")]) }
    }

    /// - Throws: ``ClientError`` coded `fileUnwritable`.
    package func append(_ value: some JSONWritable) throws(ClientError) {
        let line = value.jsonBytes() + [UInt8(ascii: "\n")]
        try buffer.withLock { buffer throws(ClientError) in
            buffer += line
            if buffer.count >= Self.bufferedByteCount { try write(&buffer) }
        }
    }

    /// Writes what is held back.
    ///
    /// - Throws: ``ClientError`` coded `fileUnwritable`.
    package func flush() throws(ClientError) {
        try buffer.withLock { buffer throws(ClientError) in try write(&buffer) }
    }

    /// Waits until all that was written is on the disk.
    ///
    /// - Throws: ``ClientError`` coded `fileUnwritable`.
    package func synchronize() throws(ClientError) {
        guard fsync(descriptor) == 0 else { throw Self.unwritable(path, errno) }
    }

    /// Writes the held bytes under their lock, so that lines stay whole and in order.
    private func write(_ held: inout [UInt8]) throws(ClientError) {
        defer { held.removeAll(keepingCapacity: true) }
        try write(held)
    }

    private func write(_ bytes: [UInt8]) throws(ClientError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: buffer[written...]))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.unwritable(path, errno) }
            written += count
        }
    }

    private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        unsafe Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    private static func unwritable(_ path: String, _ code: Int32) -> ClientError {
        var context = ClientError.Context()
        context.file = path
        let reason = unsafe String(cString: strerror(code)).lowercased()
        return ClientError(.fileUnwritable, "\(path) cannot be written: \(reason)", context: context)
    }
}
