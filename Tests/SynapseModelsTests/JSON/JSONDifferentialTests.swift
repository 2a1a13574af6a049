import Foundation
import SynapseModels
import Testing

/// Compares the reader with Python's `json` on documents made to be hard: accepted or refused, and value for value.
@Suite struct JSONDifferentialTests {
    @Test("The reader agrees with Python's on hostile documents", arguments: [1, 2, 3, 4] as [UInt64])
    func agreesWithPython(_ seed: UInt64) throws {
        guard let python = try PythonOracle.find() else { return }
        print("JSON documents of seed \(seed)")
        let documents = Self.documents(seed: seed, count: 6000)
        let answers = try PythonOracle(python: python).answers(to: documents)
        try #require(answers.count == documents.count)
        var accepted = 0
        for (index, (document, answer)) in zip(documents, answers).enumerated() {
            let tree = try? JSONValue(parsing: document)
            if tree != nil { accepted += 1 }
            let ours = tree.map(Self.canonical) ?? "!"
            if ours != answer {
                Issue.record("\(ours) is not \(answer): seed \(seed), document \(index), \(Self.shown(document))")
            }
        }
        // Both kinds must be there in number, or the test tests nothing.
        #expect(accepted > documents.count / 3)
        #expect(accepted < documents.count * 9 / 10)
    }

    @Test("The lazy readers agree with the tree on hostile documents", arguments: [1, 2, 3, 4] as [UInt64])
    func agreesWithItself(_ seed: UInt64) throws {
        for (index, document) in Self.documents(seed: seed, count: 6000).enumerated() {
            let tree = try? JSONValue(parsing: document)
            let raw = try? RawJSON(parsing: document)
            var agrees = raw?.value == tree
            if let tree, let raw {
                agrees = agrees && raw.isNull == tree.isNull && raw.isArray == (tree.arrayValue != nil)
                agrees = try agrees && Self.rebuilt(raw) == tree && JSONValue(parsing: tree.serialized()) == tree
                agrees = try agrees && JSONValue(parsing: raw.jsonBytes()) == tree
            }
            if !agrees { Issue.record("seed \(seed), document \(index): \(Self.shown(document))") }
        }
    }

    @Test(
        "A page reads each of its rows as the tree does, and refuses what the tree refuses",
        arguments: [5, 6] as [UInt64])
    func pagesAgree(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        for index in 0..<2000 {
            var document = Array(#"{"count":1,"results":["#.utf8) + random.document() + Array(",".utf8)
            document += random.document() + Array("]}".utf8)
            if random.random.once(in: 3) { document = random.mutated(document) }
            let tree = try? JSONValue(parsing: document)
            let page = try? Page<AnyRow>(parsing: document)
            guard let tree, let rows = tree["results"]?.arrayValue ?? tree.arrayValue else {
                #expect(page == nil, "seed \(seed), document \(index): \(Self.shown(document))")
                continue
            }
            // A mutation may have made the count odd, which is an error of the whole page.
            guard let page else { continue }
            let agrees = zip(page.rows, rows).allSatisfy { row, expected in
                switch row {
                case .success(let model): model.row?.raw.value == expected
                case .failure(let odd): odd.raw.value == expected && expected.objectValue == nil
                }
            }
            #expect(
                agrees && page.rows.count == rows.count, "seed \(seed), document \(index): \(Self.shown(document))")
        }
    }

    // MARK: Making and showing

    static func documents(seed: UInt64, count: Int) -> [[UInt8]] {
        var random = RandomJSON(seed: seed)
        return (0..<count).map { index in
            let document = random.document()
            return index.isMultiple(of: 2) ? document : random.mutated(document)
        }
    }

    /// The answer's form of `json_oracle.py`.
    static func canonical(_ value: JSONValue) -> String {
        switch value {
        case .null: return "n"
        case .bool(let value): return value ? "T" : "F"
        case .integer(let value): return "i\(value);"
        case .double(let value):
            let digits = String(value.bitPattern, radix: 16)
            return "d" + String(repeating: "0", count: 16 - digits.count) + digits + ";"
        case .decimal(let text): return "t\(text);"
        case .string(let text): return "s\(PythonOracle.hexadecimal(text.utf8));"
        case .array(let elements): return "[" + elements.map(canonical).joined() + "]"
        case .object(let object):
            return "{" + object.map { canonical(.string($0.key)) + canonical($0.value) }.joined() + "}"
        }
    }

    private static func shown(_ document: [UInt8]) -> String {
        "\(String(decoding: document, as: UTF8.self)) = \(PythonOracle.hexadecimal(document))"
    }

    /// The tree, put together from what the lazy readers say.
    private static func rebuilt(_ raw: RawJSON) throws -> JSONValue {
        if raw.isArray { return .array(try raw.elements().map(rebuilt)) }
        guard raw.isObject else { return raw.value }
        let row = try raw.row()
        return .object(
            JSONObject(
                try row.keys.map { key in
                    JSONObject.Member(key: key, value: try rebuilt(try #require(row[key])))
                }))
    }
}

/// A model without fields: every object is one.
private struct AnyRow: WireModel {
    var row: JSONRow?
    static let fieldNames: Set<String> = []

    init(row: JSONRow) {
        self.row = row
    }

    func writeFields(to writer: inout JSONWriter) {}
}
