import SynapseClient
import SynapseModels
import Testing

struct MetadataMatchTests {
    private let units: [UnitGrouping.Unit] = [
        .init(key: "a", files: ["image": "a.png", "label": "a.json"]),
        .init(key: "x/b", files: ["image": "x/b.png"]),
        .init(key: "y/b", files: ["image": "y/b.png"]),
        .init(key: "\u{E9}", files: ["image": "\u{E9}.png"]),
        .init(key: "e\u{301}", files: ["image": "e\u{301}.png"]),
    ]

    private func match(_ names: [String]) throws -> MetadataMatch {
        let rows = names.map { #"{"file":"\#($0)"}"# }.joined(separator: ",")
        let metadata = try DatasetMetadata(parsing: Array("[\(rows)]".utf8))
        return MetadataMatch(metadata, units) { $0 }
    }

    @Test(arguments: [
        ("a.png", 0), ("a.json", 0), ("a", 0), ("x/b.png", 1), ("./x/b", 1), ("y/b.png", 2), ("\u{E9}.png", 3),
        ("e\u{301}.png", 4),
    ])
    func `A row finds its unit by path, name or stem`(name: String, unit: Int) throws {
        let match = try match([name])
        #expect(Array(match.entries.keys) == [unit])
        #expect(match.unused.isEmpty)
    }

    @Test(arguments: [
        ("b.png", "metadata_ambiguous"), ("c.png", "metadata_without_file"), ("../a.png", "metadata_outside"),
        ("/a.png", "metadata_outside"), ("x/../a.png", "metadata_outside"),
    ])
    func `A row that finds none says why`(name: String, code: String) throws {
        let match = try match([name])
        #expect(match.entries.isEmpty)
        #expect(match.unused.map(\.code) == [code])
    }

    @Test func `A second row for a unit is named`() throws {
        #expect(try match(["a.png", "a.json"]).unused.map(\.code) == ["metadata_twice"])
    }
}
