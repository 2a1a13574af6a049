import SynapseModels
import Testing

@Suite struct IdentifierTests {
    @Test("A numeric identifier is an integer on the wire")
    func readsNumbers() throws {
        let nine = try raw("9")
        #expect(try Project.ID(reading: nine) == 9)
        #expect(Project.ID("9") == 9)
        #expect(Project.ID("x") == nil)
        #expect(Project.ID(rawValue: 9).description == "9")
        #expect(Project.ID(rawValue: 9).json == "9")
        #expect(([3, 1, 2] as [Project.ID]).sorted() == [1, 2, 3])
        for json in ["\"9\"", "null", "9.5", "[9]", "true"] {
            let odd = try raw(json)
            #expect(throws: JSONError.self) { try Project.ID(reading: odd) }
        }
    }

    @Test("A textual identifier takes a number's digits too")
    func readsText() throws {
        #expect(try ChunkedUpload.ID(json: #""f64e""#) == "f64e")
        #expect(try ChunkedUpload.ID(json: "71") == "71")
        #expect(ChunkedUpload.ID(rawValue: "71").json == #""71""#)
        #expect(ChunkedUpload.ID(rawValue: "71").description == "71")
        for json in ["null", "1.5", "{}", "true"] {
            let odd = try raw(json)
            #expect(throws: JSONError.self) { try ChunkedUpload.ID(reading: odd) }
        }
    }
}
