import ArgumentParser
import Foundation
import SynapseClient
import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseCLI

struct OptionsTests {
    @Test func `A file specification is read part by part`() throws {
        let read = try CollectionCreate.specification("image:image:required:primary:ext=PNG:ext=.jpg", index: 2)
        #expect(read.name == "image")
        #expect(read.fileType == .image)
        #expect(read.isRequired == true)
        #expect(read.isPrimary == true)
        #expect(read.extensions == ["png", "jpg"])
        #expect(read.index == 2)
    }

    @Test(arguments: [
        ("1", 1), ("8MiB", 8 << 20), ("8mib", 8 << 20), ("2G", 2 << 30), ("500kB", 500_000), ("3MB", 3_000_000),
        ("7b", 7),
    ])
    func `A number of bytes is written as people do`(text: String, byteCount: Int64) {
        #expect(ByteSize(argument: text)?.byteCount == byteCount)
    }

    @Test(arguments: ["", "0", "-1", "MiB", "1.5MiB", "8 MiB", "8TiB", "9999999999GiB"])
    func `What is no number of bytes is refused`(text: String) {
        #expect(ByteSize(argument: text) == nil)
    }

    @Test(arguments: [("90s", 90), ("5m", 300), ("12h", 43_200), ("2d", 172_800), ("2", nil), ("d", nil), ("-1d", nil)])
    func `An age is a number with a unit`(text: String, seconds: Int64?) {
        #expect(Age.seconds(text) == seconds)
        if let seconds { #expect(Age.seconds(Age.text(seconds)) != nil) }
    }

    @Test(arguments: ["image", ":image", "image:", "image:image:obligatory"])
    func `A specification of another form is refused`(_ text: String) {
        #expect(throws: UsageError.self) { try CollectionCreate.specification(text, index: 0) }
    }

    @Test func `JSON comes from the argument or a file`() async throws {
        #expect(try JSONArgument.read(#"{"a":1}"#, option: "--data") == ["a": 1])
        try await withTemporaryDirectory { folder in
            try Data(#"[1.5]"#.utf8).write(to: URL(filePath: folder + "/x.json"))
            #expect(try JSONArgument.read("@\(folder)/x.json", option: "--data") == [1.5])
            let error = #expect(throws: UsageError.self) { try JSONArgument.read("@\(folder)/no", option: "--data") }
            #expect(error?.message.contains("--data") == true)
        }
        let error = #expect(throws: UsageError.self) { try JSONArgument.read("{", option: "--data") }
        #expect(error?.message.hasPrefix("--data is not JSON") == true)
    }

    @Test func `Flags win over the environment, which wins over the profile`() async throws {
        try await withTemporaryDirectory { home in
            try FileManager.default.createDirectory(atPath: home + "/.synapse", withIntermediateDirectories: true)
            try Data(#"{"host":"http://profile","access_token":"p","tenant":"t"}"#.utf8)
                .write(to: URL(filePath: home + "/.synapse/config.json"))
            try Data("  from-file \nrest".utf8).write(to: URL(filePath: home + "/token"))

            let profile = try ConnectionOptions.parse([]).configuration(ProgramEnvironment(["HOME": home]))
            #expect(profile.baseURL == "http://profile")
            #expect(profile.credentials.accessToken?.value == "p")
            #expect(profile.credentials.tenant == "t")

            let variables = ProgramEnvironment([
                "HOME": home, "SYNAPSE_HOST": "http://variable", "SYNAPSE_ACCESS_TOKEN": "v", "SYNAPSE_TENANT": "",
            ])
            let environment = try ConnectionOptions.parse([]).configuration(variables)
            #expect(environment.baseURL == "http://variable")
            #expect(environment.credentials.accessToken?.value == "v")
            #expect(environment.credentials.tenant == "t")

            let flags = try ConnectionOptions.parse(["--url", "http://flag", "--token-file", home + "/token"])
                .configuration(variables)
            #expect(flags.baseURL == "http://flag")
            #expect(flags.credentials.accessToken?.value == "from-file")
        }
    }

    @Test func `Without a backend nothing is guessed`() throws {
        let error = #expect(throws: UsageError.self) {
            try ConnectionOptions.parse([]).configuration(ProgramEnvironment([:]))
        }
        #expect(error?.message.contains("SYNAPSE_HOST") == true)
    }

    @Test func `A folder is searched without following links or stopping at pipes`() async throws {
        try await withTemporaryDirectory { folder in
            let files = FileManager.default
            try files.createDirectory(atPath: folder + "/a/b", withIntermediateDirectories: true)
            for name in ["a/b/2.png", "a/1.PNG", "a/.hidden.png", "note.txt"] {
                try Data([1]).write(to: URL(filePath: "\(folder)/\(name)"))
            }
            try files.createSymbolicLink(atPath: folder + "/a/loop", withDestinationPath: folder)
            try files.createSymbolicLink(atPath: folder + "/gone.png", withDestinationPath: folder + "/nowhere.png")
            let made = unsafe mkfifo(folder + "/pipe.png", 0o600)
            #expect(made == 0)
            let all = try FolderScan.files(in: folder)
            #expect(all.files.map { $0.dropFirst(folder.count + 1) } == ["a/1.PNG", "a/b/2.png", "note.txt"])
            #expect(
                Set(all.unusable.map { $0.path.dropFirst(folder.count + 1) }) == ["gone.png", "pipe.png"])
            #expect(all.outside.map { $0.path.dropFirst(folder.count + 1) } == ["a/loop"])
            let pictures = try FolderScan.files(in: folder + "/", extensions: ["png"])
            #expect(pictures.files.map { $0.dropFirst(folder.count + 1) } == ["a/1.PNG", "a/b/2.png"])
            #expect(throws: UsageError.self) { try FolderScan.files(in: folder + "/note.txt") }
            #expect(throws: UsageError.self) { try FolderScan.files(in: folder + "/none") }
        }
    }
}
