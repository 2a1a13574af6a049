import Foundation
@testable import SynapseCLI
import SynapsePackaging
import Testing

struct DigitClassifierTests {
    /// The program carries the example as it is in the repository; scripts/embed_example.py makes them equal again.
    @Test func theProgramCarriesTheExample() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appending(path: "Examples/Plugins/digit-classifier").path
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "__pycache__" }.sorted()
        #expect(DigitClassifier.files.map(\.name).sorted() == names)
        for file in DigitClassifier.files {
            let text = try String(contentsOfFile: "\(folder)/\(file.name)", encoding: .utf8)
            #expect(text == file.text.description, "\(file.name) differs")
        }
    }

    @Test func theExampleIsAValidPlugin() throws {
        let package = try DigitClassifier.package()
        #expect(package.config.code == "digit-classifier")
        #expect(package.config.actions.map(\.name) == ["train"])
        #expect(package.warnings.isEmpty)
    }

    @Test(arguments: [("Größe 2!", "gr-e-2"), ("My Plugin", "my-plugin"), ("日本", "plugin"), ("a--b", "a-b")])
    func codesOfNames(name: String, code: String) {
        #expect(PluginInit.code(of: name) == code)
    }
}
