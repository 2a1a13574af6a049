#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import SynapseClient
import SynapseModels

/// An upload that was begun: what this machine remembers of it, what the server has of it, or both.
struct UploadSession: Sendable {
    var id: ChunkedUpload.ID
    /// What this machine remembers.
    var checkpoint: UploadCheckpoint?
    /// What the server has.
    var upload: ChunkedUpload?

    var offset: Int64 { upload.map { Int64($0.offset) } ?? checkpoint?.offset ?? 0 }
    var byteCount: Int64? { upload?.size.map { Int64($0) } ?? checkpoint?.byteCount }
    var file: String { checkpoint?.path ?? upload?.filename ?? "" }
    var place: String { checkpoint == nil ? "server" : upload == nil ? "here" : "both" }

    /// Seconds since it began, as far as anybody knows.
    var age: Int64? {
        let server = upload?.createdAt?.date.map { Int64($0.timeIntervalSince1970) }
        return (checkpoint?.createdSeconds ?? server).map { max(0, Int64(Date().timeIntervalSince1970) - $0) }
    }

    /// All that this machine remembers for the client's server and tenant, and all that the server lists.
    ///
    /// A server that does not list uploads is said so on standard error; what this machine remembers is shown all the same.
    static func all(_ client: BackendClient) async throws -> [UploadSession] {
        var sessions = try client.ownUploadCheckpoints().map { UploadSession(id: $0.uploadID, checkpoint: $0) }
        do {
            for try await upload in client.listAllChunkedUploads() {
                if let index = sessions.firstIndex(where: { $0.id == upload.id }) {
                    sessions[index].upload = upload
                } else {
                    sessions.append(UploadSession(id: upload.id, upload: upload))
                }
            }
        } catch let error as ClientError where [404, 405].contains(error.statusCode) {
            Terminal.say("the server does not list uploads; only what this machine remembers is shown")
        }
        return sessions
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("file", file)
            writer.member("offset", offset)
            writer.member("size", byteCount)
            writer.member("age", age)
            writer.member("where", place)
        }
    }
}

/// Seconds as people say them: `5m`, `3h`, `2d`.
enum Age {
    private static let units: [(String, Int64)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]

    static func text(_ seconds: Int64) -> String {
        for (name, length) in units where seconds >= length { return "\(seconds / length)\(name)" }
        return "0s"
    }

    static func seconds(_ text: String) -> Int64? {
        guard let (name, length) = units.first(where: { text.hasSuffix($0.0) }),
            let count = Int64(text.dropLast(name.count)),
            (0...1_000_000).contains(count)
        else { return nil }
        return count * length
    }
}
