import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse file upload`.
struct FileUpload: AsyncParsableCommand, GoesOn {
    static let configuration = CommandConfiguration(
        commandName: "upload", abstract: "Upload one file and print the stored file.",
        discussion: """
            Files above 50 MiB, or above --chunk-size, go in chunks by themselves; --chunked sends any file so. An upload \
            in chunks that was killed or interrupted goes on when the command is run again, if the file is still what it \
            was. With --output json the member "upload" says how it went: resumed_at, sent and resent are bytes, \
            started_over is null, "source_changed", "upload_expired" or "damaged".
            """)

    @Argument(help: "The file.")
    var path: String

    @Flag(help: "Send the file in chunks whatever its size.")
    var chunked = false

    @OptionGroup var transfer: TransferOptions
    @OptionGroup var content: ContentOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    var howToGoOn: String { "Run the same command to go on: what the server has is not sent again." }

    func run() async throws {
        let monitor = UploadMonitor(byteCount: try LocalFile.byteCount(of: path))
        let contentGuard = try content.makeGuard()
        try await connection.withClient { configuration in
            configuration.contentGuard = contentGuard
            transfer.apply(to: &configuration)
        } _: { client in
            let file = try await client.createDataFile(path, useChunkedUpload: chunked ? true : nil) {
                monitor.show($0)
            } onNotice: {
                monitor.say($0)
            }
            monitor.finish()
            try monitor.print(file, output)
        }
    }
}
