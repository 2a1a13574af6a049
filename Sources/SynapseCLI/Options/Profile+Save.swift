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

extension Profile {
    /// Writes its settings into the file and leaves its other members as they are.
    ///
    /// The file is readable by its owner alone from its first byte on; a reader finds the old one or the new one.
    ///
    /// - Returns: The path of the file.
    /// - Throws: ``UsageError`` that names the file when it can't be read or written.
    @discardableResult
    func save(_ environment: ProgramEnvironment) throws -> String {
        guard let home = environment["HOME"] else {
            throw UsageError("HOME is not set; there is no place for settings")
        }
        let folder = home + "/.synapse"
        let path = folder + "/config.json"
        let old = try Self.members(path)
        let new: [(String, String?)] = [
            ("host", host), ("access_token", accessToken), ("user_token", userToken), ("tenant", tenant),
        ]
        var writer = JSONWriter()
        writer.object { writer in
            for (key, value) in old where key != "access_token_id" && !new.contains(where: { $0.0 == key }) {
                writer.member(key, value)
            }
            for (key, value) in new { writer.memberIfPresent(key, value) }
            writer.memberIfPresent("access_token_id", accessTokenID)
        }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw UsageError("the folder \(folder) can't be made")
        }
        try Self.replace(path, writer.bytes + [UInt8(ascii: "\n")])
        return path
    }

    private static func members(_ path: String) throws -> [(String, RawJSON)] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        do {
            let row = try JSONRow(parsing: Array(Data(contentsOf: URL(filePath: path))))
            return Set(row.keys).sorted().compactMap { key in row[key].map { (key, $0) } }
        } catch {
            throw UsageError("the settings in \(path) can't be read: \(error)")
        }
    }

    private static func replace(_ path: String, _ bytes: [UInt8]) throws {
        let temporary = "\(path).\(getpid())"
        _ = unsafe unlink(temporary)
        let descriptor = unsafe open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw UsageError("the file \(path) can't be written") }
        var isWritten = true
        var rest = bytes[...]
        while isWritten, !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            isWritten = count > 0
            rest = rest.dropFirst(max(0, count))
        }
        isWritten = fsync(descriptor) == 0 && isWritten
        close(descriptor)
        let isThere = unsafe isWritten && rename(temporary, path) == 0
        if !isThere {
            _ = unsafe unlink(temporary)
            throw UsageError("the file \(path) can't be written")
        }
    }

    private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        unsafe Glibc.write(descriptor, bytes, count)
        #elseif canImport(Musl)
        unsafe Musl.write(descriptor, bytes, count)
        #else
        unsafe Darwin.write(descriptor, bytes, count)
        #endif
    }
}
