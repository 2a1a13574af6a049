import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse upload-session clear`.
struct UploadSessionClear: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Remove unfinished uploads, here and on the server.",
        discussion: "An upload that is just at work is left alone. Finished files stay.")

    @Argument(help: "The ids of the uploads.")
    var ids: [String] = []

    @Flag(help: "All unfinished uploads.")
    var all = false

    @Option(help: "Those that began longer ago than this, such as 12h or 2d.")
    var olderThan: String?

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard [!ids.isEmpty, all, olderThan != nil].filter({ $0 }).count == 1 else {
            throw ValidationError("name uploads by their ids, or pass --all or --older-than: one of the three")
        }
        if let olderThan, Age.seconds(olderThan) == nil {
            throw ValidationError("--older-than is a number with s, m, h or d, not '\(olderThan)'")
        }
    }

    func run() async throws {
        try await connection.withClient { client in
            let sessions = try await UploadSession.all(client)
            let chosen = try choose(sessions)
            var failed = 0
            for session in chosen {
                do {
                    if try await Self.remove(session, client) {
                        Terminal.say("removed \(session.id.rawValue) \(Terminal.printable(session.file))")
                    } else {
                        Terminal.say("at work: \(session.id.rawValue) \(Terminal.printable(session.file))")
                        failed += 1
                    }
                } catch let error as ClientError {
                    Terminal.say("failed \(session.id.rawValue): \(error)")
                    failed += 1
                }
            }
            if failed > 0 { throw ItemsFailed(failed: failed, total: chosen.count, what: "uploads") }
        }
    }

    private func choose(_ sessions: [UploadSession]) throws -> [UploadSession] {
        if all { return sessions }
        if let limit = olderThan.flatMap(Age.seconds) { return sessions.filter { ($0.age ?? 0) > limit } }
        return try ids.map { id in
            guard let session = sessions.first(where: { $0.id.rawValue == id }) else {
                var context = ClientError.Context()
                context.status = 404
                throw ClientError(
                    .notFound, "there is no unfinished upload \(id); 'synapse upload-session list' shows them",
                    context: context)
            }
            return session
        }
    }

    /// - Returns: `false` for an upload that is just at work.
    private static func remove(_ session: UploadSession, _ client: BackendClient) async throws -> Bool {
        if let checkpoint = session.checkpoint, try !client.discardUploadCheckpoint(checkpoint) { return false }
        do {
            try await client.deleteChunkedUpload(session.id)
        } catch let error as ClientError where [404, 405, 410].contains(error.statusCode) {
            // Gone already, or of a server that only lets uploads expire.
        }
        return true
    }
}
