import Crypto
import SynapseModels

/// The package of one run: ``RayLauncher`` and what it must know, secrets too.
struct RayBundle: Sendable {
    let bytes: [UInt8]
    /// Known by its content: what is sent twice is one package.
    let name: String

    init(_ run: JobRun, timeLimit: Duration?, memoryByteCount: Int64?) {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("arguments") { writer in
                writer.array { writer in
                    for argument in run.entrypoint.arguments { writer.element(argument) }
                }
            }
            writer.member("environment") { writer in
                writer.object { writer in
                    for (key, value) in run.environment.sorted(by: { $0.key < $1.key }) { writer.member(key, value) }
                }
            }
            writer.member("parameters_file", run.parametersFile.map { JSONValue.string($0) } ?? .null)
            writer.member("parameters", run.parametersFile == nil ? "" : run.parameters)
            writer.member("time_limit", timeLimit.map { JSONValue.double($0 / .seconds(1)) } ?? .null)
            writer.member("memory_limit", memoryByteCount.map { JSONValue.integer($0) } ?? .null)
        }
        bytes = StoredArchive.bytes(of: [
            (RayLauncher.filename, Array(RayLauncher.source.utf8)), (RayLauncher.runFilename, writer.bytes),
        ])
        name = "synapse_run_\(Hexadecimal.text(SHA256.hash(data: bytes))).zip"
    }
}
