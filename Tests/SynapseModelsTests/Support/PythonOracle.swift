import Foundation
import Testing

/// Python's `json`, asked through `Fixtures/json_oracle.py`.
struct PythonOracle {
    let python: URL

    /// Finds `python3` on the path.
    ///
    /// Without one the comparison is skipped aloud, or fails where the environment says that this is continuous integration.
    static func find() throws -> URL? {
        let environment = ProcessInfo.processInfo.environment
        for directory in (environment["PATH"] ?? "").split(separator: ":") {
            let candidate = URL(fileURLWithPath: String(directory)).appendingPathComponent("python3")
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
        }
        try #require(environment["CI"] == nil, "python3 is not on the path")
        print("SKIPPED: python3 is not on the path, the JSON reader was not compared with Python's.")
        return nil
    }

    /// The answers to documents, in order.
    ///
    /// Both directions go through files, so that neither side waits for a full pipe.
    func answers(to documents: [[UInt8]]) throws -> [Substring] {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "json-oracle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let (questions, answers) = (directory.appendingPathComponent("in"), directory.appendingPathComponent("out"))
        let lines = documents.map { Self.hexadecimal($0) + "\n" }.joined()
        try Data(lines.utf8).write(to: questions)
        try Data().write(to: answers)

        let process = Process()
        process.executableURL = python
        process.arguments = [Fixture.directory.appendingPathComponent("json_oracle.py").path, "512"]
        process.standardInput = try FileHandle(forReadingFrom: questions)
        process.standardOutput = try FileHandle(forWritingTo: answers)
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "the oracle failed")
        return String(decoding: try Data(contentsOf: answers), as: UTF8.self).split(separator: "\n")
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
