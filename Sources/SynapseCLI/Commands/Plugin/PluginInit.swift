import ArgumentParser
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import SynapseModels
import SynapsePackaging

/// `synapse plugin init`.
struct PluginInit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a plugin that runs, to begin with.",
        discussion: """
            Writes config.yaml, main.py, README.md and .synapseignore; nothing that is there is written over. The plugin \
            needs nothing but Python 3.10. Needs no backend.
            """)

    @Argument(help: "The folder; made when it is not there.")
    var folder = "."

    @Option(help: "The name that people see; the folder's unless given.")
    var name: String?

    @Option(help: "The name that programs use: letters, digits, - _ and .; made of the name unless given.")
    var code: String?

    @Option(help: "What it is for, such as neural_net, export or custom.")
    var category = "custom"

    func run() async throws {
        let folderName = URL(filePath: folder).standardizedFileURL.lastPathComponent
        let name = name ?? folderName
        let code = code ?? Self.code(of: name)
        let template = PluginTemplate(name: name, code: code, category: category)
        let files = template.files
        // The configuration is read as publishing would: a slip in an option is said now.
        let contents = Dictionary(files.map { ($0.name, Array($0.text.utf8)) }) { first, _ in first }
        do {
            _ = try PluginPackage.make(of: contents)
        } catch let error as InvalidConfig {
            throw UsageError(error.problems.filter { $0.severity == .error }.map(\.message).joined(separator: "; "))
        }
        for file in files where FileManager.default.fileExists(atPath: "\(folder)/\(file.name)") {
            throw UsageError("\(folder)/\(file.name) is there already, and is not written over")
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for file in files {
            try Data(file.text.utf8).write(to: URL(filePath: "\(folder)/\(file.name)"), options: .withoutOverwriting)
            Terminal.say("made \(folder)/\(file.name)")
        }
        let place = ShellWord.quoted(folder)
        Terminal.say(
            """
            To try it:
              synapse plugin publish \(place)
              synapse plugin run \(code) run --params '{"steps": 5}' --follow
            """)
    }

    /// A code of a name: letters and digits in lower case, everything else a hyphen.
    static func code(of name: String) -> String {
        let words = name.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return words.isEmpty ? "plugin" : words.joined(separator: "-")
    }
}
