import SynapseModels
import Testing

@Suite struct DataUnitFilesTests {
    @Test("Files come as an object keyed by specification, null left out")
    func readsObject() throws {
        let unit: DataUnit = try Fixture.model("data_unit")
        let files = try #require(unit.files)
        #expect(files.entries.map(\.specification) == ["image_1", "data_meta_1"])
        #expect(files["image_1"]?.fileNameOriginal == "a.jpg")
        #expect(files["image_1"]?.fileType == .image)
        #expect(files["none"] == nil)
        #expect(files.primary?.checksum == "8f21bc94710284977c8533c341fa5355")
        #expect(try files.tree["image_1"] == Fixture.value("data_unit")["files"]?["image_1"])
    }

    @Test("Files come as a list that names specifications in one of two ways, or not at all")
    func readsList() throws {
        let files: DataUnitFiles = try Fixture.model("data_unit_files_list")
        #expect(files.entries.map(\.specification) == ["image_1", "image_2", nil])
        #expect(files["image_2"]?.url == "http://backend/media/2.jpg")
        #expect(files.primary?.url == "http://backend/media/2.jpg")
        #expect(files.entries[0].file.row?["filename"]?.value == "1.jpg")
    }

    @Test("A list is written without losing a file that has no name, and reads back")
    func writesList() throws {
        let files: DataUnitFiles = try Fixture.model("data_unit_files_list")
        let written = try DataUnitFiles(json: files.json)
        #expect(written.entries.map(\.specification) == ["image_1", "image_2", nil])
        #expect(written.entries.map(\.file.url) == files.entries.map(\.file.url))
        let twice = DataUnitFiles([
            .init(specification: "a", file: .init(url: "1")), .init(specification: "a", file: .init(url: "2")),
        ])
        #expect(twice.json == #"[{"url":"1","specification":"a"},{"url":"2","specification":"a"}]"#)
        let named = DataUnitFiles([
            .init(specification: "b", file: .init(url: "1")), .init(specification: "a", file: .init(url: "2")),
        ])
        #expect(named.json == #"{"b":{"url":"1"},"a":{"url":"2"}}"#)
        #expect(DataUnitFiles([]).json == "{}")
    }

    @Test("The first file is the primary one where none is marked")
    func findsPrimary() throws {
        #expect(try DataUnitFiles(json: #"{"a": {"url": "1"}, "b": {"url": "2"}}"#).primary?.url == "1")
        #expect(try DataUnitFiles(json: "{}").primary == nil)
        #expect(try DataUnitFiles(json: "[]").primary == nil)
    }

    @Test("A repeated specification counts once, with its last file")
    func mergesRepeatedNames() throws {
        let files = try DataUnitFiles(json: #"{"a": {"url": "1"}, "b": {"url": "2"}, "a": {"url": "3"}}"#)
        #expect(files.entries.map(\.specification) == ["a", "b"])
        #expect(files["a"]?.url == "3")
    }

    @Test("Files that are neither are an error", arguments: ["3", "\"x\"", "true", "{\"a\": 3}", "[3]", "[[]]"])
    func refuses(_ json: String) {
        #expect(throws: JSONError.self) { try DataUnitFiles(json: json) }
    }
}
