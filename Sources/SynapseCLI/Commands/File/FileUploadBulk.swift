import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse file upload-bulk`.
struct FileUploadBulk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload-bulk", abstract: "Send files straight to the backend's storage, by signed URLs.",
        discussion: """
            Many files go at once, large ones in parts. A file that fails does not end the run: each is printed with its \
            data file or the reason, in the order given. Ends with 2 when some failed; with 3 or 5 when all did because the \
            server let nobody in or was away.
            """)

    @Argument(help: "The files.")
    var paths: [String]

    @Option(name: .long, help: "Requests that send at once.")
    var concurrency = 10

    @Option(name: .long, help: "Seconds that signed URLs last, 60 to 86400.")
    var expiration = 3600

    @OptionGroup var wait: WaitOptions
    @OptionGroup var content: ContentOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...100).contains(concurrency) else {
            throw ValidationError("--concurrency is 1 to 100, not \(concurrency)")
        }
        guard (60...86_400).contains(expiration) else {
            throw ValidationError("--expiration is 60 to 86400 seconds, not \(expiration)")
        }
    }

    func run() async throws {
        let contentGuard = try content.makeGuard()
        let options = BulkUploadOptions(
            maximumConcurrency: concurrency, expiration: .seconds(expiration), outageTolerance: wait.tolerance)
        let result = try await connection.withClient(change: { $0.contentGuard = contentGuard }) { client in
            let progress = Progress("upload", total: Int64(paths.count), unit: .items)
            let result = try await client.uploadFilesBulk(
                paths, options: options, onProgress: { progress.set(Int64($0.finishedFileCount)) },
                onWait: { [wait] in wait.say($0) })
            progress.finish()
            return result
        }
        for file in result.files {
            try Terminal.write(output.output == .json ? Self.line(file) : Self.words(file))
            if let error = file.error { Terminal.say("failed \(Terminal.printable(file.path)): \(error)") }
        }
        let failed = result.failedIndices.count
        // A server that is away, or lets nobody in, is no matter of single files; what a storage refuses is.
        let errors = result.files.compactMap(\.error)
        if failed == paths.count, let first = errors.first {
            let exits = Set(errors.map(Self.exit))
            if exits == [.notAllowed] || exits == [.unreachable] { throw first }
        }
        if failed > 0 { throw ItemsFailed(failed: failed, total: paths.count, what: "files") }
    }

    private static func exit(for error: ClientError) -> ProgramExit {
        let exit = CommandFailure(error).exit
        let isOfStorage = error.context.operation == "uploadFileToPresignedURL"
        return isOfStorage && exit != .unreachable ? .failed : exit
    }

    private static func words(_ file: BulkUploadFile) -> [UInt8] {
        let outcome = file.error == nil ? file.dataFile.map { "data file \($0)" } ?? "uploaded" : "failed"
        return Array("\(Terminal.printable(file.path)): \(outcome)\n".utf8)
    }

    private static func line(_ file: BulkUploadFile) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("path", file.path)
            writer.member("data_file", file.dataFile)
            writer.member("sha1", file.sha1)
            writer.member("md5", file.md5)
            writer.member("size", file.byteCount)
            writer.memberIfPresent("created", file.isNew)
            writer.memberIfPresent("error", file.error?.description)
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}
