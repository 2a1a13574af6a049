import Foundation
import SynapseArchive
import SynapseModels
import Testing

@testable import SynapseServer

/// The Ray that the tests use, when there is one.
enum RayUnderTest {
    static let address = ProcessInfo.processInfo.environment["SYNAPSE_RAY"].flatMap(RayAddress.init)
    static var executor: RayExecutor {
        get throws { RayExecutor(address: try #require(address)) }
    }

    /// A job whose archive is a file of this machine.
    struct Job {
        var run: JobRun
        let folder: String

        func remove() { try? FileManager.default.removeItem(atPath: folder) }
    }

    static func job(_ script: String, files: [String: String] = [:], requirements: [String] = []) throws -> Job {
        let folder = NSTemporaryDirectory() + "synapse-ray-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/release.zip"
        let items = files.merging(["main.py": script]) { $1 }.map {
            ArchiveWriter.Item(name: $0.key, content: .bytes(Array($0.value.utf8)))
        }
        _ = try ArchiveWriter.write(items, to: path)
        let uuid = UUID().uuidString.lowercased()
        let byteCount = Int64(FileManager.default.contents(atPath: path)?.count ?? 0)
        return Job(
            run: JobRun(
                uuid: uuid, pluginCode: "digits", version: "1.0.0",
                archive: .init(path: path, byteCount: byteCount, md5: String(repeating: "0", count: 32)),
                config: RawJSON([:]), action: "train", entrypoint: .script("main.py"), parameters: "{}",
                parametersFile: nil,
                environment: [
                    "SYNAPSE_JOB_ID": uuid, "SYNAPSE_HOST": "http://backend.example",
                    "SYNAPSE_ACCESS_TOKEN": "the-token",
                ],
                requirements: requirements),
            folder: folder)
    }

    static func follow(_ handle: String, from position: Int64 = 0) async throws -> (exit: JobExit, output: [UInt8]) {
        var output: [UInt8] = []
        let exit = try await executor.follow(handle, from: position) { output += $0.bytes }
        return (exit, output)
    }
}
