#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import SynapseModels

/// The environment of the process; empty values count as absent.
struct ProgramEnvironment {
    /// What is set, the empty values too.
    let values: [String: String]

    static var current: ProgramEnvironment { ProgramEnvironment(ProcessInfo.processInfo.environment) }

    init(_ values: [String: String]) {
        self.values = values
    }

    subscript(name: String) -> String? {
        values[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// The settings that `~/.synapse/config.json` holds.
///
/// The Python command line writes the same file.
struct Profile {
    var host: String?
    var accessToken: String?
    var userToken: String?
    var tenant: String?
    /// Which access token of the backend it is, when 'synapse login' made it.
    var accessTokenID: Int?

    /// Reads the file; none is an empty profile.
    ///
    /// - Throws: ``UsageError`` that names the file when it is not readable JSON.
    static func load(_ environment: ProgramEnvironment) throws -> Profile {
        guard let home = environment["HOME"] else { return Profile() }
        let path = home + "/.synapse/config.json"
        guard FileManager.default.fileExists(atPath: path) else { return Profile() }
        do {
            let row = try JSONRow(parsing: Array(Data(contentsOf: URL(filePath: path))))
            return Profile(
                host: try row.readIfPresent("host"), accessToken: try row.readIfPresent("access_token"),
                userToken: try row.readIfPresent("user_token"), tenant: try row.readIfPresent("tenant"),
                accessTokenID: try row.readIfPresent("access_token_id"))
        } catch {
            throw UsageError("the settings in \(path) can't be read: \(error)")
        }
    }
}

/// A token in a file or on standard input, so that it never stands in a list of processes.
enum TokenFile {
    static func read(_ path: String) throws -> String {
        guard let bytes = InputFile.read(path, upTo: 1 << 16) else {
            throw UsageError("the token file \(path) can't be read")
        }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        let line = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).first
        guard let token = line?.split(whereSeparator: \.isWhitespace).first else {
            throw UsageError(path == "-" ? "standard input holds no token" : "the token file \(path) is empty")
        }
        return String(token)
    }
}
