import Crypto
import NIOCore
import NIOPosix
import SynapseArchive

/// A release's archive as Ray keeps it.
struct RayPackage: Sendable {
    private static let pieceByteCount = 1 << 20
    /// Ray puts the folder in when it makes the environment.
    private static let folder = "${RAY_RUNTIME_ENV_CREATE_WORKING_DIR}"

    let file: OpenFile
    let name: String
    private let digest: String
    private let hasRequirements: Bool
    private let wheels: [String]

    var uri: String { "gcs://\(name)" }

    /// Reads the archive.
    ///
    /// - Throws: ``JobExecutorError`` coded `.refused` when Ray would not take it.
    init(_ archive: JobRun.Archive, wheelsFolder: String = "wheels", address: RayAddress) async throws {
        let limit = RayClient.longestPackageByteCount
        guard archive.byteCount <= limit else {
            throw JobExecutorError.refused(
                "The archive of the release has \(archive.byteCount) bytes; Ray at \(address) takes packages of at most "
                    + "\(limit) bytes (\(limit >> 20) MiB).")
        }
        let file: OpenFile
        let (digest, names): (String, [String])
        do {
            (file, digest, names) = try await NIOThreadPool.singleton.runIfActive { try Self.read(archive) }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw JobExecutorError.refused("The archive of the release cannot be read: \(error)")
        }
        self.file = file
        self.digest = digest
        name = "synapse_release_\(digest).zip"
        hasRequirements = names.contains("requirements.txt")
        wheels = names.filter { $0.hasPrefix(wheelsFolder + "/") && $0.hasSuffix(".whl") }.sorted()
    }

    /// The lines of requirements for the cluster: those of the release, and what the archive brings.
    func packages(_ requirements: [String]) -> [String] {
        var lines = requirements.map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
        guard hasRequirements || !wheels.isEmpty else { return lines }
        // Ray keeps an environment by its lines: the file that they name is of this archive.
        lines.append("# \(digest)")
        if hasRequirements { lines.append("-r \(Self.folder)/requirements.txt") }
        lines += wheels.map { "\(Self.folder)/\($0)" }
        return lines
    }

    /// Opens and reads an archive; blocks.
    private static func read(_ archive: JobRun.Archive) throws -> (OpenFile, String, [String]) {
        let file = try OpenFile(path: archive.path, mode: .reading)
        var hash = SHA256()
        var offset: Int64 = 0
        while true {
            let piece = try file.read(at: offset, count: pieceByteCount)
            if piece.readableBytes == 0 { break }
            unsafe piece.withUnsafeReadableBytes { bytes in unsafe hash.update(bufferPointer: bytes) }
            offset += Int64(piece.readableBytes)
        }
        let names = try ArchiveReader(path: archive.path).entries.map(\.name)
        return (file, Hexadecimal.text(hash.finalize()), names)
    }
}
