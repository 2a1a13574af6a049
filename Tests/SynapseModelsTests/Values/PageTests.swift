import SynapseModels
import Testing

@Suite struct PageTests {
    @Test("A page marks its odd rows and keeps the others")
    func marksOddRows() throws {
        let page = try Page<AnnotationTask>(parsing: try Fixture.bytes("task_page"))
        #expect(page.count == 5)
        #expect(page.next == "http://backend/sdk/tasks/?project=9&page_size=4&page=2")
        #expect(page.previous == nil)
        #expect(page.rows.count == 7)
        #expect(page.results.map(\.id) == [1, 7])
        #expect(page.results.last?.dataUnit?.id == 107)
        #expect(page.oddRows.map(\.index) == [1, 2, 3, 4, 5])
        #expect(
            page.oddRows.map(\.error) == [
                JSONError(.missing, "The field is missing.", path: "results[1].data_unit.id"),
                JSONError(.type, "Expected an integer, found a string.", path: "results[2].id"),
                JSONError(.type, "Expected a string, found a number.", path: "results[3].data_unit.files.image_2.url"),
                JSONError(.type, "Expected an object, found null.", path: "results[4]"),
                JSONError(.missing, "The field is missing.", path: "results[5].id"),
            ])
        #expect(page.oddRows[1].raw.value["data_unit"] == 103)
        #expect(page.oddRows[1].description == "results[2].id: Expected an integer, found a string.")
        #expect(page.oddRows[3].raw.isNull)
    }

    @Test("A list without an envelope is a page, and so is an envelope without a count")
    func readsOtherForms() throws {
        let bare = try Page<TaskTag>(parsing: Array(#" [{"id": 1}, 2, {"id": 3}] "#.utf8))
        #expect(bare.results.map(\.id) == [1, 3])
        #expect(bare.oddRows.map(\.error.path) == ["results[1]"])
        #expect(bare.count == nil && bare.next == nil && bare.previous == nil)
        let cursor = try Page<TaskTag>(
            parsing: Array(#"{"next": "?cursor=x", "results": [{"id": 1}], "extra": {}}"#.utf8))
        #expect(cursor.count == nil)
        #expect(cursor.next == "?cursor=x")
        #expect(try Page<TaskTag>(parsing: Array(#"{"results": []}"#.utf8)).rows.isEmpty)
        #expect(try Page<TaskTag>(parsing: Array("[]".utf8)).rows.isEmpty)
        #expect(try Page<TaskTag>(parsing: Array(#"{"\u0072esults": [{"id": 1}]}"#.utf8)).results.count == 1)
    }

    @Test(
        "What is no page is refused",
        arguments: [
            ("{}", .missing), (#"{"results": null}"#, .missing), (#"{"results": {}}"#, .missing), ("7", .type),
            (#""results""#, .type), ("null", .type), (#"{"count": "5", "results": []}"#, .type),
            (#"{"next": 5, "results": []}"#, .type), ("", .syntax), ("[", .syntax), (#"{"results": ["#, .syntax),
            (#"{"results": [] "#, .syntax), (#"{"results": []}x"#, .syntax), ("[]]", .syntax),
            (#"{"results": [{"id": 1},]}"#, .syntax), (#"{"results": [{"id": 01}]}"#, .syntax),
            (#"{"results": [{"id": 1}], "results": null}"#, .missing), ("{\"results\": [\"\u{1}\"]}", .syntax),
        ] as [(String, JSONError.Code)])
    func refuses(_ json: String, _ code: JSONError.Code) {
        let error = #expect(throws: JSONError.self) { try Page<TaskTag>(parsing: Array(json.utf8)) }
        #expect(error?.code == code)
    }

    @Test("Of repeated lists of rows the last one counts")
    func takesLastResults() throws {
        let page = try Page<TaskTag>(parsing: Array(#"{"results": [{"id": 1}], "results": [{"id": 2}]}"#.utf8))
        #expect(page.results.map(\.id) == [2])
    }

    @Test("The limits hold for a page too")
    func holdsLimits() {
        let bytes = Array(#"{"results":[{"id":1,"meta":[[]]}]}"#.utf8)
        let deep = JSONLimits(maximumDepth: 5, maximumByteCount: bytes.count)
        #expect(throws: Never.self) { try Page<TaskTag>(parsing: bytes, limits: deep) }
        let flat = JSONLimits(maximumDepth: 4, maximumByteCount: bytes.count)
        #expect(throws: JSONError.self) { try Page<TaskTag>(parsing: bytes, limits: flat) }
        let short = JSONLimits(maximumDepth: 5, maximumByteCount: bytes.count - 1)
        #expect(throws: JSONError.self) { try Page<TaskTag>(parsing: bytes, limits: short) }
    }
}
