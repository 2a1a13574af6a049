import SynapseModels
import Testing

@Suite struct FieldUpdateTests {
    @Test(
        "Absent, null and a value are three different things",
        arguments: [
            ("{}", .keep), (#"{"name": null}"#, .clear), (#"{"name": ""}"#, .set("")), (#"{"name": "n"}"#, .set("n")),
            (#"{"Name": "n"}"#, .keep), (#"{"name": "n", "name": null}"#, .clear),
        ] as [(String, FieldUpdate<String>)])
    func readsThreeForms(_ json: String, _ update: FieldUpdate<String>) throws {
        let row = try JSONRow(parsing: Array(json.utf8))
        #expect(try FieldUpdate<String>("name", in: row) == update)
        var writer = JSONWriter()
        writer.object { $0.member("name", update) }
        let written = try JSONRow(parsing: writer.bytes)
        #expect(try FieldUpdate<String>("name", in: written) == update)
        #expect(written.contains("name") == (update != .keep))
    }

    @Test("An odd value is an error with the field's name")
    func refusesOddValues() throws {
        let row = try JSONRow(parsing: Array(#"{"name": 3}"#.utf8))
        #expect(throws: JSONError(.type, "Expected a string, found a number.", path: "name")) {
            try FieldUpdate<String>("name", in: row)
        }
    }
}
