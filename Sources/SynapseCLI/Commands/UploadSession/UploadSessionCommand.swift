import ArgumentParser

/// `synapse upload-session`.
struct UploadSessionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload-session", abstract: "Uploads in chunks that were begun and not finished.",
        subcommands: [UploadSessionList.self, UploadSessionClear.self])
}
