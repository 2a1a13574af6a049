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

/// A file that is gone when the last reference is.
final class TemporaryFile: Sendable {
    let path: String

    init(_ bytes: [UInt8], name: String = "model.bin") throws {
        path = try Self.folder() + "/\(name)"
        try Data(bytes).write(to: URL(filePath: path))
    }

    /// A file of zeros that takes no room.
    init(byteCount: Int, name: String = "zeros.bin") throws {
        path = try Self.folder() + "/\(name)"
        try Data().write(to: URL(filePath: path))
        guard unsafe truncate(path, off_t(byteCount)) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)))
    }

    func append(_ bytes: [UInt8]) throws {
        try Data(Data(contentsOf: URL(filePath: path)) + bytes).write(to: URL(filePath: path), options: [])
        var times = [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1, tv_usec: 0)]
        _ = unsafe utimes(path, &times)
    }

    static func folder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.path() + "/synapse-client-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }
}
