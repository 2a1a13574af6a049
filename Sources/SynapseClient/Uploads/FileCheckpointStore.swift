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
import SynapseModels

/// Keeps each checkpoint in a small JSON file, readable by its owner alone, in a folder of their own.
///
/// A claim is an advisory lock on a file beside it, which ends with the process however it ends. A checkpoint is written
/// under a temporary name, synced and renamed, so that a kill leaves the old one or the new one.
package struct FileCheckpointStore: CheckpointStore {
    package let folder: String

    package init(folder: String) { self.folder = folder }

    package func claim(_ key: UploadCheckpoint.Key) throws(ClientError) -> (any CheckpointClaim)? {
        try makeFolder()
        let path = "\(folder)/\(key.name)"
        while true {
            let descriptor = unsafe open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { throw Self.failure(folder, errno) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let code = errno
                close(descriptor)
                if code == EWOULDBLOCK { return nil }
                if code == EINTR { continue }
                throw Self.failure(folder, code)
            }
            // The one before may have removed the file between the two steps: its lock would bind nobody.
            if FilePlace.holds(descriptor, at: path + ".lock") {
                return FileClaim(path: path, key: key, descriptor: descriptor)
            }
            close(descriptor)
        }
    }

    package func list() throws(ClientError) -> [UploadCheckpoint] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
        return names.filter { $0.hasSuffix(".json") }
            .compactMap { FileClaim.read("\(folder)/\($0)") }
            .sorted { ($0.updatedSeconds, $0.path) < ($1.updatedSeconds, $1.path) }
    }

    private func makeFolder() throws(ClientError) {
        if FileManager.default.fileExists(atPath: folder) { return }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Self.failure(folder, reason: "it can't be made")
        }
        // The folders above may have been made by the same call; this one holds the files.
        guard unsafe chmod(folder, 0o700) == 0 else { throw Self.failure(folder, errno) }
    }

    fileprivate static func failure(_ folder: String, _ code: Int32) -> ClientError {
        failure(folder, reason: unsafe String(cString: strerror(code)).lowercased())
    }

    private static func failure(_ folder: String, reason: String) -> ClientError {
        var context = ClientError.Context()
        context.file = folder
        return ClientError(
            .checkpointFailed, "the folder \(folder) can't keep checkpoints: \(reason)", context: context)
    }
}

/// A held lock with the checkpoint beside it.
private final class FileClaim: CheckpointClaim {
    private static let limit = 1 << 20

    private let path: String
    private let key: UploadCheckpoint.Key
    private let descriptor: Int32

    init(path: String, key: UploadCheckpoint.Key, descriptor: Int32) {
        self.path = path
        self.key = key
        self.descriptor = descriptor
    }

    deinit {
        // Removed while it is held: who opened it meanwhile finds that it has no name any more.
        if unsafe access(path + ".json", F_OK) != 0 { unsafe unlink(path + ".lock") }
        close(descriptor)
    }

    func load() throws(ClientError) -> UploadCheckpoint? {
        guard let checkpoint = Self.read(path + ".json"), checkpoint.key == key else { return nil }
        return checkpoint
    }

    func save(_ checkpoint: UploadCheckpoint) throws(ClientError) {
        let temporary = path + ".part"
        _ = unsafe unlink(temporary)
        let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failure(errno) }
        let written = Self.write(checkpoint.jsonBytes() + [UInt8(ascii: "\n")], to: file)
        let isSynced = written && fsync(file) == 0
        let code = errno
        close(file)
        guard isSynced, unsafe rename(temporary, path + ".json") == 0 else {
            let failed = isSynced ? errno : code
            _ = unsafe unlink(temporary)
            throw failure(failed)
        }
    }

    func remove() throws(ClientError) {
        guard unsafe unlink(path + ".json") == 0 || errno == ENOENT else { throw failure(errno) }
    }

    static func read(_ path: String) -> UploadCheckpoint? {
        guard let bytes = try? Data(contentsOf: URL(filePath: path)), bytes.count <= limit else { return nil }
        guard let json = try? RawJSON(parsing: Array(bytes)) else { return nil }
        return try? UploadCheckpoint(reading: json)
    }

    private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe pwrite(file, $0.baseAddress, $0.count, off_t(bytes.count - rest.count))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func failure(_ code: Int32) -> ClientError {
        FileCheckpointStore.failure(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)), code)
    }
}
