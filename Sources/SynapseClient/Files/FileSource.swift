#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A local file open for reading, with what it looked like when it was opened.
///
/// Reads carry their own offset, so that one source serves several readers at once. The descriptor is closed with the
/// last reference.
package final class FileSource: Sendable {
    /// Size and modification time: they must stay the same while the file is uploaded.
    package struct Identity: Sendable, Hashable {
        package let byteCount: Int64
        package let modifiedSeconds: Int64
        package let modifiedNanoseconds: Int64
        package let device: UInt64
        package let inode: UInt64
        /// When content or rights were changed, which no program can set back; not part of ``==``, because a link to
        /// the file changes it too.
        package var changedSeconds: Int64 = 0
        package var changedNanoseconds: Int64 = 0

        package static func == (left: Self, right: Self) -> Bool {
            left.byteCount == right.byteCount && left.modifiedSeconds == right.modifiedSeconds
                && left.modifiedNanoseconds == right.modifiedNanoseconds && left.device == right.device
                && left.inode == right.inode
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(byteCount)
            hasher.combine(modifiedSeconds)
            hasher.combine(modifiedNanoseconds)
            hasher.combine(inode)
        }

        /// Whether nothing at all happened to the file since.
        package func isUntouched(since other: Self) -> Bool {
            self == other && changedSeconds == other.changedSeconds && changedNanoseconds == other.changedNanoseconds
        }
    }

    package let path: String
    package let identity: Identity
    private let descriptor: Int32

    package var byteCount: Int64 { identity.byteCount }
    /// The last part of the path.
    package var name: String { Self.name(ofPath: path) }

    /// Opens a regular file.
    ///
    /// - Throws: ``ClientError`` coded `fileUnreadable`, also for a file that holds more than its size says.
    package init(path: String) throws(ClientError) {
        // Without O_NONBLOCK a named pipe would block the open for ever; it has no effect on regular files.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.unreadable(path, errno) }
        var information = stat()
        guard unsafe fstat(descriptor, &information) == 0 else {
            let code = errno
            close(descriptor)
            throw Self.unreadable(path, code)
        }
        guard information.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            let kind = information.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "is not a regular file"
            throw Self.unreadable(path, reason: kind)
        }
        self.path = path
        self.descriptor = descriptor
        identity = Identity(information)
        try checkEnd()
    }

    deinit { close(descriptor) }

    /// Reads up to the size of the buffer at an offset; 0 means the end of the file.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(ClientError) -> Int {
        while true {
            let count = unsafe pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            if errno != EINTR { throw Self.unreadable(path, errno) }
        }
    }

    /// Checks that size and modification time are what they were when the file was opened, and that nothing comes after
    /// its end.
    ///
    /// - Throws: ``ClientError`` coded `fileChanged` or `fileUnreadable`.
    package func checkUnchanged() throws(ClientError) {
        if try !isUnchanged() { throw changed() }
        try checkEnd()
    }

    /// What it means that a file gives no byte where its size says that there are more.
    package func endedEarly() -> ClientError {
        let isUnchanged = (try? isUnchanged()) ?? false
        return isUnchanged ? wrongSize() : changed()
    }

    private func isUnchanged() throws(ClientError) -> Bool {
        var information = stat()
        guard unsafe fstat(descriptor, &information) == 0 else { throw Self.unreadable(path, errno) }
        return Identity(information) == identity
    }

    /// Some file systems say that a file is empty, or smaller than it is: what was sent would be stored cut, without a
    /// word.
    private func checkEnd() throws(ClientError) {
        var byte: UInt8 = 0
        let count = try unsafe withUnsafeMutableBytes(of: &byte) { buffer throws(ClientError) in
            try unsafe read(into: buffer, at: byteCount)
        }
        // A file that grows is another matter: whoever needs it unchanged checks that.
        if count > 0, try isUnchanged() { throw wrongSize() }
    }

    private func wrongSize() -> ClientError {
        Self.unreadable(path, reason: "its size is not what it holds; copy it to a plain file first")
    }

    package func changed() -> ClientError { Self.changed(path: path) }

    package static func changed(path: String) -> ClientError {
        var context = ClientError.Context()
        context.file = path
        return ClientError(
            .fileChanged,
            "\(name(ofPath: path)) changed while it was being uploaded; upload it again when nothing writes to it",
            context: context
        )
    }

    package static func name(ofPath path: String) -> String {
        path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? path
    }

    private static func unreadable(_ path: String, _ code: Int32) -> ClientError {
        unreadable(path, reason: unsafe String(cString: strerror(code)).lowercased())
    }

    private static func unreadable(_ path: String, reason: String) -> ClientError {
        var context = ClientError.Context()
        context.file = path
        return ClientError(.fileUnreadable, "\(path) cannot be read: \(reason)", context: context)
    }
}

extension FileSource.Identity {
    /// What a path leads to, links followed; `nil` when it is no regular file.
    package init?(path: String) {
        var information = stat()
        guard unsafe stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(information)
    }

    fileprivate init(_ information: stat) {
        #if canImport(Darwin)
        let modified = information.st_mtimespec
        let changed = information.st_ctimespec
        #else
        let modified = information.st_mtim
        let changed = information.st_ctim
        #endif
        self.init(
            byteCount: Int64(information.st_size), modifiedSeconds: Int64(modified.tv_sec),
            modifiedNanoseconds: Int64(modified.tv_nsec), device: UInt64(truncatingIfNeeded: information.st_dev),
            inode: UInt64(truncatingIfNeeded: information.st_ino)
        )
        changedSeconds = Int64(changed.tv_sec)
        changedNanoseconds = Int64(changed.tv_nsec)
    }
}
