import SynapseModels
import Testing

@Suite struct ChunkedUploadTests {
    @Test("An upload that goes on has a number for an identifier and a relative address")
    func readsStarted() throws {
        let upload: ChunkedUpload = try Fixture.model("chunked_upload_started")
        #expect(upload.id == "71")
        #expect(upload.url == "/chunked_upload/71/")
        #expect(upload.offset == 10)
        #expect(upload.file == nil)
        #expect(upload.checksum == nil)
        #expect(!upload.isComplete)
        #expect(upload.unknownFields.map(\.key) == ["user"])
    }

    @Test("An upload is complete by its status or its time of completion")
    func tellsComplete() throws {
        let upload: ChunkedUpload = try Fixture.model("chunked_upload")
        #expect(upload.isComplete)
        #expect(upload.id == "f64ebd67-83a3-45b6-8acd-c749ea1ed4cd")
        #expect(upload.size == 25)
        #expect(ChunkedUpload(id: "1", url: "u", offset: 0, status: 2).isComplete)
        #expect(ChunkedUpload(id: "1", url: "u", offset: 0, completedAt: .now).isComplete)
        #expect(!ChunkedUpload(id: "1", url: "u", offset: 0, status: 1).isComplete)
    }

    @Test("An upload without its address or its offset is odd", arguments: ["id", "url", "offset"])
    func needsFields(_ name: String) throws {
        var object = try #require(try Fixture.value("chunked_upload").objectValue)
        object[name] = nil
        let raw = RawJSON(.object(object))
        #expect(throws: JSONError(.missing, "The field is missing.", path: name)) { try ChunkedUpload(reading: raw) }
    }
}
