import Foundation
import Testing

struct ReadmeTests {
    @Test(arguments: [("README.md", "ReadmeExample.swift"), ("docs/fault-plan.md", "FaultExample.swift")])
    func `The Swift example in a text is the one that is compiled`(text: String, example: String) throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        let compiled = try String(contentsOf: tests.appending(path: example), encoding: .utf8)
        let shown = try String(contentsOf: tests.appending(path: "../../\(text)").standardized, encoding: .utf8)
        #expect(shown.contains("```swift\n\(compiled)```"))
    }
}
