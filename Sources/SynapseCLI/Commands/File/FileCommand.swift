import ArgumentParser

/// `synapse file`.
struct FileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "file", abstract: "Single files.",
        subcommands: [FileUpload.self, FileUploadBulk.self, FileCheck.self])
}
