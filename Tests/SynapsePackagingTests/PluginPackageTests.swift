import Foundation
import SynapseArchive
import SynapseClient
@testable import SynapsePackaging
import Testing

struct PluginPackageTests {
    /// A plugin's folder that goes when the test ends.
    private final class Folder {
        let path: String

        init(_ files: [String: String]) throws {
            path = FileManager.default.temporaryDirectory.appending(path: "synapse-package-\(UUID())/plugin").path
            for (name, text) in files { try write(name, text) }
        }

        deinit {
            try? FileManager.default.removeItem(at: URL(filePath: path).deletingLastPathComponent())
        }

        func write(_ name: String, _ text: String) throws {
            let url = URL(filePath: "\(path)/\(name)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }

        func link(_ name: String, to target: String) throws {
            try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
        }

        var outside: String { URL(filePath: path).deletingLastPathComponent().path }
    }

    private static let config =
        "name: Test\ncode: test\nversion: 1.0.0\nactions:\n  train:\n    entrypoint: main.py\n"

    @Test func filesThatAreIgnoredStayAtHome() throws {
        let folder = try Folder([
            "config.yaml": Self.config, "main.py": "print()", ".env": "SECRET=1", "lib/a.py": "", "lib/a.pyc": "",
            ".synapseignore": "notes.txt\n", "notes.txt": "x", "README.md": "# Test",
        ])
        let package = try PluginPackage.read(folder: folder.path)
        #expect(package.files.map(\.name) == [".synapseignore", "README.md", "config.yaml", "lib/a.py", "main.py"])
        #expect(package.warnings.isEmpty)
        #expect(package.ignoredCount == 3)
    }

    @Test func anArchiveInThePluginsFolderHoldsNotItsPredecessor() async throws {
        let folder = try Folder(["config.yaml": Self.config, "main.py": "print()", "test-1.0.0.zip": "an older one"])
        var package = try PluginPackage.read(folder: folder.path)
        // By another way to the same file.
        package.leaveOut("\(folder.path)/../plugin/./test-1.0.0.zip")
        #expect(package.files.map(\.name) == ["config.yaml", "main.py"])
        package.leaveOut("\(folder.outside)/test-1.0.0.zip")
        #expect(package.files.count == 2)
    }

    @Test func everythingThatIsWrongIsSaidAtOnce() throws {
        let folder = try Folder([
            "config.yaml": Self.config + "  gone:\n    entrypoint: nope.py\ntags: [1]\n", "main.py": "print()",
        ])
        let error = #expect(throws: InvalidConfig.self) { try PluginPackage.read(folder: folder.path) }
        #expect(error?.problems.map(\.key) == ["actions.gone.entrypoint", "tags[0]"])
    }

    @Test func aSecretIsNamedAsAllowTakesIt() async throws {
        let folder = try Folder(["config.yaml": Self.config, "main.py": "print()"])
        let key = "-----BEGIN " + "PRIVATE KEY-----"
        for name in ["sub/one.txt", "sub/two.txt"] { try folder.write(name, key) }
        let package = try PluginPackage.read(folder: folder.path)
        let error = await #expect(throws: ClientError.self) { try await package.check(ContentGuard()) }
        #expect(error?.code == .unsafeContent)
        #expect(error?.message.contains("sub/one.txt: SENSITIVE_FILE") == true)
        #expect(error?.message.contains("sub/two.txt: SENSITIVE_FILE") == true)
        try await package.check(ContentGuard(), allowing: ["sub/one.txt", "sub/two.txt"])
    }

    @Test func theSameContentGivesTheSameBytes() async throws {
        let files = ["config.yaml": Self.config, "main.py": "print()", "lib/a.py": "a = 1\n"]
        let (first, second) = (try Folder(files), try Folder(files))
        let old = [FileAttributeKey.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)]
        try FileManager.default.setAttributes(old, ofItemAtPath: "\(second.path)/main.py")
        let one = try await PluginPackage.read(folder: first.path).write(to: "\(first.outside)/plugin.zip")
        let two = try await PluginPackage.read(folder: second.path).write(to: "\(second.outside)/plugin.zip")
        #expect(one.sha256 == two.sha256)
        #expect(one.sha256.count == 64)
        let made = try PluginPackage.make(of: files.mapValues { Array($0.utf8) })
        #expect(try await made.write(to: "\(first.outside)/made.zip").sha256 == one.sha256)
        let reader = try ArchiveReader(path: "\(first.outside)/plugin.zip")
        #expect(reader.entries.map(\.name) == ["config.yaml", "lib/a.py", "main.py"])
    }

    @Test func linksInsideAreFollowedAndThoseOutAreRefused() throws {
        let folder = try Folder(["config.yaml": Self.config, "main.py": "print()"])
        try folder.link("again.py", to: "main.py")
        #expect(
            try PluginPackage.read(folder: folder.path).files.map(\.name) == ["again.py", "config.yaml", "main.py"])
        try folder.link("hosts", to: "/etc/hosts")
        let error = #expect(throws: PackageError.self) { try PluginPackage.read(folder: folder.path) }
        #expect(error?.message.contains("hosts") == true)
        try folder.write(".synapseignore", "hosts\n")
        #expect(try PluginPackage.read(folder: folder.path).files.count == 4)
    }

    @Test func aLinkToWhatIsIgnoredIsRefused() throws {
        let folder = try Folder(["config.yaml": Self.config, "main.py": "print()", ".env": "SECRET=1"])
        try folder.link("settings", to: ".env")
        #expect(throws: PackageError.self) { try PluginPackage.read(folder: folder.path) }
    }

    @Test func aPipeIsRefused() throws {
        let folder = try Folder(["config.yaml": Self.config, "main.py": "print()"])
        #expect(unsafe mkfifo("\(folder.path)/pipe", 0o600) == 0)
        let error = #expect(throws: PackageError.self) { try PluginPackage.read(folder: folder.path) }
        #expect(error?.message.contains("pipe") == true)
    }

    @Test func anEntryPointWithoutItsFileIsAnErrorOfTheConfiguration() throws {
        let folder = try Folder(["config.yaml": Self.config])
        let error = #expect(throws: InvalidConfig.self) { try PluginPackage.read(folder: folder.path) }
        #expect(error?.problems.map(\.line) == [6])
        #expect(error?.description.contains("actions.train.entrypoint: the archive will have no file main.py") == true)
    }

    @Test func aPrivateKeyIsRefusedByRuleAndCanBeAllowed() async throws {
        // In two pieces, so that no tool takes this file for a key.
        let key = "-----BEGIN " + "PRIVATE KEY-----\nMIIB\n"
        let folder = try Folder(["config.yaml": Self.config, "main.py": "#!/usr/bin/env python3", "lib/key.txt": key])
        let package = try PluginPackage.read(folder: folder.path)
        let error = await #expect(throws: ClientError.self) { try await package.check(ContentGuard()) }
        #expect(error?.code == .unsafeContent)
        #expect(error?.message.contains("SENSITIVE_FILE") == true)
        try await package.check(ContentGuard(), allowing: ["lib/key.txt"])
        try await package.check(ContentGuard(allowedRules: [.sensitiveFile]))
    }

    @Test func allFilesWithSecretsAreNamedAtOnce() async throws {
        let key = "-----BEGIN " + "PRIVATE KEY-----\nMIIB\n"
        let folder = try Folder(["config.yaml": Self.config, "main.py": "", "a.txt": key, "lib/b.txt": key])
        let package = try PluginPackage.read(folder: folder.path)
        let error = await #expect(throws: ClientError.self) { try await package.check(ContentGuard()) }
        #expect(error?.message.contains("a.txt") == true)
        #expect(error?.message.contains("b.txt") == true)
    }

    @Test func aFolderWithoutConfigurationIsNoPlugin() throws {
        let folder = try Folder(["main.py": ""])
        #expect(throws: PackageError.self) { try PluginPackage.read(folder: folder.path) }
    }

    @Test func theOtherNameOfTheConfigurationWillDo() throws {
        let folder = try Folder(["synapse.yaml": Self.config, "main.py": ""])
        #expect(try PluginPackage.read(folder: folder.path).config.code == "test")
    }
}
