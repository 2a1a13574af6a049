import NIOCore
import Synchronization

/// A file that is being received: written under a temporary name and hashed on the way.
///
/// Every method blocks: call them on the file thread pool. Calls come one after another, but for the ``parts`` of one
/// piece; the locks only make that safe to state.
final class IncomingFile: Sendable {
    let path: String
    private let passesCache: Bool
    private let file = Mutex<FileAppender?>(nil)
    private let hasher = Mutex(ContentHasher())

    /// Receives into a new file; what is read again soon does not pass the system's page cache by.
    init(path: String, passesCache: Bool) {
        self.path = path
        self.passesCache = passesCache
    }

    private func write(_ buffer: ByteBuffer) throws {
        try file.withLock { file in
            if file == nil {
                file = FileAppender(
                    try OpenFile(path: path, mode: .creating), at: 0, passingCache: passesCache)
            }
            try file?.append(buffer)
        }
    }

    private func hash(_ buffer: ByteBuffer) {
        hasher.withLock { $0.update(buffer) }
    }

    /// Waits until the bytes are on the disk and answers their digests.
    func finish() throws -> ContentDigests {
        try write(ByteBuffer())
        return try file.withLock { file in
            try file?.synchronize()
            file = nil
            return hasher.withLock { $0.finalize() }
        }
    }

    /// Removes the temporary file, if it is still there.
    func discard() {
        file.withLock { $0 = nil }
        try? FileSystem.remove(path)
    }
}

extension IncomingFile: ByteSink {
    /// The digests beside the writing.
    var parts: [@Sendable (ByteBuffer) throws -> Void] { [write, hash] }
}
