import ArgumentParser
import SynapseClient
import SynapseModels

/// `synapse file check`.
struct FileCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say which files the content guard would not let out. Sends nothing.",
        discussion: "Ends with 2 when there are such files. Uploads refuse them unless --allow says otherwise.")

    @Argument(help: "The files.")
    var paths: [String]

    @OptionGroup var content: ContentOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let contentGuard = try content.makeGuard()
        var failed = 0
        for path in paths {
            do {
                let findings = try await contentGuard.inspect(path)
                try print(path, findings)
                if !findings.isEmpty { failed += 1 }
            } catch let error as ClientError {
                if output.output == .json { try printFailure(path, error) }
                Terminal.say("\(error)")
                failed += 1
            }
        }
        if failed > 0 { throw ItemsFailed(failed: failed, total: paths.count, what: "files") }
    }

    private func print(_ path: String, _ findings: [ContentGuard.Finding]) throws {
        switch output.output {
        case .table:
            let words = findings.isEmpty ? "ok" : findings.map(\.description).joined(separator: ", ")
            try Terminal.write("\(Terminal.printable(path)): \(words)\n")
        case .json:
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("path", path)
                writer.member("findings") { writer in
                    writer.array { writer in
                        for finding in findings { writer.element { Self.write(finding, &$0) } }
                    }
                }
            }
            try Terminal.write(writer.bytes + [UInt8(ascii: "\n")])
        }
    }

    private func printFailure(_ path: String, _ error: ClientError) throws {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("path", path)
            writer.member("error", error.description)
        }
        try Terminal.write(writer.bytes + [UInt8(ascii: "\n")])
    }

    private static func write(_ finding: ContentGuard.Finding, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("rule", finding.rule.rawValue)
            writer.member("label", finding.label)
            writer.memberIfPresent("offset", finding.offset)
        }
    }
}
