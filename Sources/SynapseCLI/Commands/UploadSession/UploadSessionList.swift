import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse upload-session list`.
struct UploadSessionList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List uploads that were begun and not finished.",
        discussion: """
            Those that this machine remembers for the server and tenant, and those that the server has open for the user. \
            WHERE is "here", "server" or "both"; an upload that is here goes on when its command is run again.
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let sessions = try await connection.withClient { try await UploadSession.all($0) }
        switch output.output {
        case .table:
            var table = Table(["ID", "AGE", "DONE", "SIZE", "WHERE", "FILE"])
            for session in sessions {
                table.append([
                    session.id.rawValue, session.age.map { Age.text($0) }, ByteCount(session.offset).description,
                    session.byteCount.map { ByteCount($0).description }, session.place, session.file,
                ])
            }
            try Terminal.write(table.rendered())
        case .json:
            var writer = JSONWriter()
            writer.array { writer in
                for session in sessions { writer.element { session.write(to: &$0) } }
            }
            try Terminal.write(writer.bytes + [UInt8(ascii: "\n")])
        }
    }
}
