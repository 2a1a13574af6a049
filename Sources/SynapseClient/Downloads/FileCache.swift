import Crypto
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A folder of downloaded files, named after where they came from and what they hold.
///
/// A file in it is always whole: it is written under another name first. Of several calls that want the same file at
/// the same time, one fetches it. The signature in the query of an address does not count, for it changes with each
/// listing; the announced MD5 does, so that new content is never taken for the old.
public struct FileCache: Sendable {
    /// The folder.
    public let directory: String
    private let lock = KeyedLock()

    /// Creates a cache; its folder is made when the first file comes.
    ///
    /// - Parameter directory: The folder.
    public init(directory: String) { self.directory = directory }

    /// The path of a file, fetched unless it is there.
    package func path(
        for url: String, byteCount: Int64?, checksum: String?, fetch: @Sendable (String) async throws -> Void
    ) async throws -> String {
        let name = Self.name(url: url, checksum: checksum)
        let path = "\(directory)/\(name)"
        return try await lock.withLock(on: name) {
            if let size = Self.size(of: path), byteCount == nil || byteCount == size { return path }
            do {
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            } catch {
                throw ClientError(.fileUnwritable, "the folder \(directory) cannot be made", underlying: error)
            }
            try await fetch(path)
            return path
        }
    }

    package static func name(url: String, checksum: String?) -> String {
        let place = url.prefix { $0 != "?" && $0 != "#" }
        let key = "\(place)\n\(checksum ?? "")"
        let file = place.split(separator: "/").last ?? ""
        let suffix = file.split(separator: ".").dropFirst().last.map { ".\($0)" } ?? ""
        let isPlain = suffix.utf8.count < 12 && suffix.utf8.allSatisfy { $0 > 0x2D && $0 < 0x7B && $0 != 0x2F }
        return Hexadecimal.text(SHA256.hash(data: Array(key.utf8)).prefix(16)) + (isPlain ? suffix : "")
    }

    private static func size(of path: String) -> Int64? {
        try? FileSource(path: path).byteCount
    }
}
