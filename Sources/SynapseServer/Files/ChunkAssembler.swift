import HTTPTypes
import NIOCore
import Synchronization

/// Puts the chunks of uploads together on the disk and keeps their digests up to date.
///
/// The digests of an upload live in memory, so that finalizing answers at once however large the file is. After a
/// restart they are behind: each chunk that arrives then also re-reads a bounded piece of what is stored, and
/// finalizing re-reads what is left.
final class ChunkAssembler: Sendable {
    /// Bytes that one chunk's request re-reads at most, about a second of hashing.
    private static let catchUpByteCount: Int64 = 512 << 20
    private static let pieceByteCount = 1 << 20
    private static let maximumHasherCount = 4096

    let locks = KeyedLock()
    private let files: LocalFileStore
    private let hashers = Mutex<[String: ContentHasher]>([:])

    init(files: LocalFileStore) {
        self.files = files
    }

    /// Opens an upload's file for one chunk; blocks.
    ///
    /// - Throws: ``APIError`` with status 410 when stored bytes are gone.
    func begin(_ id: String, at offset: Int64) throws -> ChunkSink {
        let path = files.uploadPath(id)
        let exists = FileSystem.exists(path)
        guard exists || offset == 0 else { throw APIError.uploadExpired }
        let file = try OpenFile(path: path, mode: exists ? .writing : .creating)
        // The name is on the disk before a row can name it.
        if !exists { try FileSystem.synchronizeDirectory(files.directory.uploads) }
        guard try file.byteCount() >= offset else { throw APIError.uploadExpired }
        // Bytes behind the offset are of a chunk that was cut off.
        try file.truncate(to: offset)
        let hasher = hashers.withLock { offset == 0 ? ContentHasher() : $0[id] }
        return ChunkSink(file: file, start: offset, hasher: hasher?.byteCount == offset ? hasher : nil)
    }

    /// Opens an upload's file to compare what comes with what is stored; blocks.
    func comparison(_ id: String, at offset: Int64) throws -> ComparingSink {
        ComparingSink(file: try OpenFile(path: files.uploadPath(id), mode: .reading), start: offset)
    }

    /// Remembers the digests of a chunk that is stored and known; blocks.
    func commit(_ id: String, _ sink: ChunkSink) throws {
        if let hasher = sink.hasher {
            remember(id, hasher)
        } else {
            remember(id, try advance(id, to: sink.position, atMost: Self.catchUpByteCount))
        }
    }

    /// The digests of all that is stored; blocks for as long as it takes to read what was not hashed yet.
    func digests(_ id: String, byteCount: Int64) throws -> ContentDigests {
        let hasher = try advance(id, to: byteCount, atMost: .max)
        remember(id, hasher)
        return hasher.finalize()
    }

    /// Forgets an upload and removes its file; blocks.
    func discard(_ id: String) {
        hashers.withLock { _ = $0.removeValue(forKey: id) }
        try? FileSystem.remove(files.uploadPath(id))
    }

    private func remember(_ id: String, _ hasher: ContentHasher) {
        hashers.withLock { hashers in
            if hashers[id] == nil, hashers.count >= Self.maximumHasherCount { hashers = [:] }
            hashers[id] = hasher
        }
    }

    private func advance(_ id: String, to end: Int64, atMost limit: Int64) throws -> ContentHasher {
        var hasher = hashers.withLock { $0[id] } ?? ContentHasher()
        if hasher.byteCount > end { hasher = ContentHasher() }
        let stop = limit < end - hasher.byteCount ? hasher.byteCount + limit : end
        guard hasher.byteCount < stop else { return hasher }
        let file = try OpenFile(path: files.uploadPath(id), mode: .reading)
        while hasher.byteCount < stop {
            let count = Int(min(Int64(Self.pieceByteCount), stop - hasher.byteCount))
            let piece = try file.read(at: hasher.byteCount, count: count)
            guard piece.readableBytes > 0 else { throw APIError.uploadExpired }
            hasher.update(piece)
        }
        return hasher
    }
}

/// Takes the bytes of one chunk: they count only when the whole chunk is there.
final class ChunkSink: ByteSink, Sendable {
    private let file: OpenFile
    private let start: Int64
    private let appender: Mutex<FileAppender>
    private let digests: Mutex<ContentHasher?>

    init(file: OpenFile, start: Int64, hasher: ContentHasher?) {
        self.file = file
        self.start = start
        appender = Mutex(FileAppender(file, at: start))
        digests = Mutex(hasher)
    }

    var position: Int64 { appender.withLock { $0.position } }

    /// The digests up to the position, when those up to the chunk's start were known.
    var hasher: ContentHasher? { digests.withLock { $0 } }

    private func write(_ buffer: ByteBuffer) throws {
        try appender.withLock { try $0.append(buffer) }
    }

    private func hash(_ buffer: ByteBuffer) {
        digests.withLock { $0?.update(buffer) }
    }

    /// The digests beside the writing.
    var parts: [@Sendable (ByteBuffer) throws -> Void] { [write, hash] }

    /// Waits until the chunk is on the disk.
    func synchronize() throws { try appender.withLock { try $0.synchronize() } }

    /// Cuts off what was written.
    func undo() { try? file.truncate(to: start) }
}

extension APIError {
    static var uploadExpired: APIError { APIError(.gone, "Upload has expired") }
}
