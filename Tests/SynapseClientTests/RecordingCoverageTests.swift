import Foundation
import SynapseModels
import Testing

/// docs/recordings.md accounts for each recorded call: a suite that checks it, or why none does.
struct RecordingCoverageTests {
    /// Recorded calls there are, numbered from 1.
    static let count = 192

    static let tests = URL(filePath: #filePath).deletingLastPathComponent()

    struct Row: Sendable {
        var ids: [Int]
        var suite: String?
        var reason: String
    }

    static func rows() throws -> [Row] {
        let text = try String(
            contentsOf: tests.appending(path: "../../docs/recordings.md").standardized, encoding: .utf8)
        return text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingPrefix { $0 == " " } }
            guard line.hasPrefix("| "), cells.count >= 4, let first = cells[0].first, first.isNumber else { return nil }
            let suite = cells[2].split(separator: "`").first { $0.hasSuffix("Tests") }
            return Row(ids: ids(String(cells[0])), suite: suite.map(String.init), reason: String(cells[3]))
        }
    }

    /// `7`, `1, 5, 7` and `129–159`.
    static func ids(_ cell: String) -> [Int] {
        cell.split(separator: ",").flatMap { part -> [Int] in
            let ends = part.split(separator: "–").compactMap { Int($0.filter(\.isNumber)) }
            guard let first = ends.first, let last = ends.last, first <= last else { return [] }
            return Array(first...last)
        }
    }

    /// The recordings that a suite loads: `load(7`, `id: 7`, and the numbers of the arguments of its tests.
    static func loaded(_ source: String) -> Set<Int> {
        guard source.contains("Recording.load(") else { return [] }
        var ids = Set(source.matches(of: /(?:Recording\.load\(\s*|\bid: )(\d+)/).compactMap { Int($0.1) })
        for start in source.ranges(of: "arguments: [") {
            var depth = 1
            let list = source[start.upperBound...].prefix { character in
                if character == "[" { depth += 1 } else if character == "]" { depth -= 1 }
                return depth > 0
            }
            ids.formUnion(list.matches(of: /(?:^|\(|, )(\d+)\b/).compactMap { Int($0.1) })
        }
        return ids
    }

    static func suites() throws -> [String: Set<Int>] {
        var suites: [String: Set<Int>] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: tests.path())
        where path.hasSuffix("Tests.swift") {
            let name = URL(filePath: path).deletingPathExtension().lastPathComponent
            guard name != "RecordingCoverageTests" else { continue }
            suites[name] = loaded(try String(contentsOf: tests.appending(path: path), encoding: .utf8))
        }
        return suites
    }

    @Test
    func `Each recording is in the table once`() throws {
        #expect(try Self.rows().flatMap(\.ids).sorted() == Array(1...Self.count))
    }

    @Test
    func `A suite that is named checks the recording, and has what was recorded`() throws {
        let suites = try Self.suites()
        var recorded: Set<Int> = []
        for file in try FileManager.default.contentsOfDirectory(atPath: Self.tests.appending(path: "Fixtures").path())
        where file.hasPrefix("recordings") {
            let text = try String(contentsOf: Self.tests.appending(path: "Fixtures/\(file)"), encoding: .utf8)
            for entry in try JSONValue(parsing: text).arrayValue ?? [] {
                if let id = entry["id"]?.integerValue { recorded.insert(Int(id)) }
            }
        }
        for row in try Self.rows() {
            guard let suite = row.suite else { continue }
            for id in row.ids {
                #expect(suites[suite]?.contains(id) == true, "\(suite) does not load recording \(id)")
                #expect(recorded.contains(id), "no fixture has recording \(id)")
            }
        }
    }

    @Test
    func `A recording without a suite has a reason`() throws {
        for row in try Self.rows() where row.suite == nil {
            #expect(row.reason.count > 20, "recordings \(row.ids) have no reason")
        }
    }
}
