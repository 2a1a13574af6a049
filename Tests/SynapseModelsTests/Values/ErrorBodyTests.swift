import SynapseModels
import Testing

@Suite struct ErrorBodyTests {
    typealias Field = ErrorBody.FieldError

    @Test(
        "Every form of the platform is understood",
        arguments: [
            (#"{"detail": "Not found."}"#, ErrorBody(detail: "Not found.")),
            (
                #"{"detail": "Offsets do not match", "expected_offset": 20, "provided_offset": 10}"#,
                ErrorBody(detail: "Offsets do not match")
            ),
            (
                #"{"detail": "No", "code": "expired", "request_id": "r1"}"#,
                ErrorBody(detail: "No", code: "expired", requestID: "r1")
            ),
            (
                #"{"title": ["Too long.", "Too odd."], "non_field_errors": ["Together wrong."]}"#,
                ErrorBody(
                    detail: nil,
                    fieldErrors: [
                        Field(path: "title", messages: ["Too long.", "Too odd."]),
                        Field(path: "", messages: ["Together wrong."]),
                    ])
            ),
            (
                #"{"code": ["This field must be unique."]}"#,
                ErrorBody(detail: nil, fieldErrors: [Field(path: "code", messages: ["This field must be unique."])])
            ),
            (
                #"{"detail": [{"loc": ["body", "x", 3], "msg": "Field required", "type": "missing", "input": {}}]}"#,
                ErrorBody(detail: nil, fieldErrors: [Field(path: "body.x.3", messages: ["Field required"])])
            ),
            (
                #"[{"loc": ["query", "page"], "msg": "Not an integer", "type": "int_parsing", "input": "x"}]"#,
                ErrorBody(detail: nil, fieldErrors: [Field(path: "query.page", messages: ["Not an integer"])])
            ),
            (
                #"[{"data_unit": ["Unknown.", "Twice."]}, {}, {"project": ["Closed."]}]"#,
                ErrorBody(
                    detail: nil,
                    fieldErrors: [
                        Field(path: "[0].data_unit", messages: ["Unknown.", "Twice."]),
                        Field(path: "[2].project", messages: ["Closed."]),
                    ])
            ),
            (
                #"{"data": [{}, {"data_unit": ["Unknown."]}], "files": {"image_1": {"checksum": ["Odd."]}}}"#,
                ErrorBody(
                    detail: nil,
                    fieldErrors: [
                        Field(path: "data[1].data_unit", messages: ["Unknown."]),
                        Field(path: "files.image_1.checksum", messages: ["Odd."]),
                    ])
            ),
            (
                #"["One.", "Two."]"#,
                ErrorBody(detail: nil, fieldErrors: [Field(path: "", messages: ["One.", "Two."])])
            ),
            (
                #"{"detail": ["One."]}"#,
                ErrorBody(detail: nil, fieldErrors: [Field(path: "", messages: ["One."])])
            ),
            (
                """
                {"error": {"code": "validation_error", "message": "Invalid.", "details": [
                    {"field": "name", "message": "Too long."}, {"field": "name", "message": "Too odd."}]},
                    "meta": {"request_id": "r2"}}
                """,
                ErrorBody(
                    detail: "Invalid.", code: "validation_error",
                    fieldErrors: [Field(path: "name", messages: ["Too long.", "Too odd."])], requestID: "r2")
            ),
            (#""Bad gateway""#, ErrorBody(detail: "Bad gateway")),
            ("{}", ErrorBody(detail: nil)),
            ("[]", ErrorBody(detail: nil)),
            (#"{"detail": null, "status": 400}"#, ErrorBody(detail: nil)),
        ])
    func understands(_ json: String, _ body: ErrorBody) {
        #expect(ErrorBody(parsing: Array(json.utf8)) == body)
    }

    @Test("A body that is no JSON of a kind is nil", arguments: ["", "<html>502</html>", "null", "7", "true", "{"])
    func refuses(_ text: String) {
        #expect(ErrorBody(parsing: Array(text.utf8)) == nil)
    }

    @Test("A body is written in the form that every client reads")
    func writes() {
        #expect(ErrorBody(detail: "Not found.").json == #"{"detail":"Not found."}"#)
        let body = ErrorBody(
            detail: "Invalid.", code: "invalid",
            fieldErrors: [Field(path: "name", messages: ["a", "b"]), Field(path: "", messages: ["c"])], requestID: "r")
        #expect(
            body.json
                == #"{"detail":"Invalid.","code":"invalid","name":["a","b"],"non_field_errors":["c"],"request_id":"r"}"#
        )
        #expect(ErrorBody(parsing: body.jsonBytes()) == body)
    }

    @Test("No name is written twice")
    func writesNamesOnce() {
        let body = ErrorBody(
            detail: "Invalid.", code: "invalid",
            fieldErrors: [
                Field(path: "code", messages: ["a"]), Field(path: "x", messages: ["b"]),
                Field(path: "code", messages: ["c"]), Field(path: "detail", messages: ["d"]),
                Field(path: "request_id", messages: ["e"]),
            ], requestID: "r")
        #expect(body.json == #"{"code":["a","c"],"x":["b"],"detail":["d"],"request_id":["e"]}"#)
    }

    @Test("A body that is nested as deep as can be is read without a crash")
    func survivesDepth() {
        let text = String(repeating: #"{"detail":"#, count: 511) + #""x""# + String(repeating: "}", count: 511)
        #expect(ErrorBody(parsing: Array(text.utf8))?.detail == "x")
        let list = String(repeating: #"{"a":["#, count: 255) + #""x""# + String(repeating: "]}", count: 255)
        #expect(ErrorBody(parsing: Array(list.utf8))?.fieldErrors.count == 1)
    }
}
