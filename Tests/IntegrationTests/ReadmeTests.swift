import Foundation
import Testing

struct ReadmeTests {
    @Test func `The Swift example in the README is the one that is compiled`() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        let example = try String(contentsOf: tests.appending(path: "ReadmeExample.swift"), encoding: .utf8)
        let readme = try String(contentsOf: tests.appending(path: "../../README.md").standardized, encoding: .utf8)
        #expect(readme.contains("```swift\n\(example)```"))
    }
}
