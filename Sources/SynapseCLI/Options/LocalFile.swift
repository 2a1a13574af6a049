#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What stands at a path, links followed.
enum LocalFile {
    case missing
    case folder
    case regular(byteCount: Int64)
    /// A pipe, a socket, a device.
    case special

    init(at path: String) {
        let resolved = URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
        let trimmed = resolved.count > 1 && resolved.hasSuffix("/") ? String(resolved.dropLast()) : resolved
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: trimmed) else {
            self = .missing
            return
        }
        switch attributes[.type] as? FileAttributeType {
        case .typeDirectory?: self = .folder
        case .typeRegular?: self = .regular(byteCount: Int64((attributes[.size] as? Int) ?? 0))
        case .typeSymbolicLink?: self = .missing
        default: self = .special
        }
    }

    /// Makes sure that there is a folder at a path.
    ///
    /// - Throws: ``UsageError`` that says what stands there instead.
    static func checkFolder(_ path: String) throws {
        switch LocalFile(at: path) {
        case .folder: break
        case .missing: throw UsageError("the folder \(path) does not exist")
        case .regular, .special: throw UsageError("\(path) is a file; a folder was expected")
        }
    }

    /// The bytes of the regular file at a path.
    ///
    /// - Throws: ``UsageError`` that says what stands there instead.
    static func byteCount(of path: String) throws -> Int64 {
        switch LocalFile(at: path) {
        case .regular(let byteCount): return byteCount
        case .missing: throw UsageError("the file \(path) does not exist")
        case .folder: throw UsageError("\(path) is a folder; 'synapse upload' takes folders")
        case .special: throw UsageError("\(path) is not a regular file")
        }
    }
}
