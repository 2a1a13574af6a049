import SynapseClient
import SynapseModels
import Testing

struct DatasetMetadataTests {
    /// What spreadsheets of different countries write.
    @Test(arguments: [
        "file,note,groups\r\na.png,\"1,5\",x/y\r\n", "file;note;groups\r\na.png;1,5;x/y\r\n",
        "file\tnote\tgroups\na.png\t1,5\tx/y\n", "\u{FEFF}\"file\";\"note\";\"groups\"\n\"a.png\";\"1,5\";\"x/y\"",
    ])
    func `The header shows what separates`(text: String) throws {
        let entries = try DatasetMetadata(parsing: Array(text.utf8)).entries
        #expect(entries.map(\.file) == ["a.png"])
        #expect(entries.first?.meta == ["note": "1,5"] && entries.first?.groups == ["x", "y"])
    }

    @Test func `A separator inside of a name is none when another makes the columns`() throws {
        let entries = try DatasetMetadata(parsing: Array("file,a;b\nx;y.png,1\n".utf8)).entries
        #expect(entries.map(\.file) == ["x;y.png"] && entries.first?.meta == ["a;b": "1"])
    }

    private static let unreadable: [(bytes: [UInt8], message: String)] = [
        ([0xFF, 0xFE, 0x66, 0, 0x0A, 0], "UTF-16; save it as UTF-8"),
        ([0xFE, 0xFF, 0, 0x66, 0, 0x0A], "UTF-16; save it as UTF-8"),
        (Array("name|note\na.png|1\n".utf8), "line 1: no column is called file, filename or path"),
        (Array("file;note\na.png;1;2\n".utf8), "line 2, column 9: 3 fields, but the header has 2"),
        (Array("file;note\n\"a.png\",1\n".utf8), "a quoted field must end with the separator"),
        (Array("file,note\na.png,".utf8) + [0xE4], "not UTF-8"),
    ]

    @Test(arguments: unreadable)
    func `What cannot be read is named`(bytes: [UInt8], message: String) {
        let problems = #expect(throws: DatasetMetadata.Problems.self) { try DatasetMetadata(parsing: bytes) }
        #expect(problems?.list.count == 1)
        #expect(problems?.list.first?.description.contains(message) == true, "\(problems?.list ?? [])")
    }
}
