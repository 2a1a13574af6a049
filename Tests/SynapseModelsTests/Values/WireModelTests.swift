import Foundation
import SynapseModels
import Testing

/// What holds for every model, shown on a fixture of each that has all of its fields.
@Suite struct WireModelTests {
    @Test(
        "A model reads and writes every field that it knows, under the wire's name and with the wire's value",
        arguments: [
            Claim("project", Project.self) { $0.row = nil },
            Claim("task", AnnotationTask.self) { $0.row = nil },
            Claim("task_tag", TaskTag.self) { $0.row = nil },
            Claim("data_collection", DataCollection.self) { $0.row = nil },
            Claim("data_file", DataFile.self) { $0.row = nil },
            Claim("data_unit", DataUnit.self) { $0.row = nil },
            Claim("chunked_upload", ChunkedUpload.self) { $0.row = nil },
            Claim("data_collection", FileSpecification.self, at: "file_specifications", 0) { $0.row = nil },
            Claim("data_unit", FileReference.self, at: "files", "image_1") { $0.row = nil },
        ])
    func knowsItsFields(_ claim: Claim) throws {
        let received = try claim.received()
        let known = JSONObject(received.filter { claim.fieldNames.contains($0.key) && !$0.value.isNull })
        #expect(Set(known.keys) == claim.fieldNames, "the fixture must have all of the fields")
        let written = try claim.written(keepingRow: false)
        #expect(Self.withoutNulls(written) == Self.withoutNulls(.object(known)))
    }

    @Test(
        "Fields that a model does not know survive a round trip",
        arguments: [
            Claim("project", Project.self), Claim("task", AnnotationTask.self), Claim("task_tag", TaskTag.self),
            Claim("task_expanded", AnnotationTask.self), Claim("data_collection", DataCollection.self),
            Claim("data_file", DataFile.self), Claim("chunked_upload", ChunkedUpload.self),
            Claim("data_unit", FileReference.self, at: "files", "image_1"),
            Claim("data_collection", FileSpecification.self, at: "file_specifications", 0),
        ])
    func keepsUnknownFields(_ claim: Claim) throws {
        let received = JSONValue.object(try claim.received())
        #expect(try claim.written(keepingRow: true) == received)
        #expect(try claim.encoded() == received)
    }

    @Test("Unknown fields come once each, in order, as received, null included")
    func listsUnknownFields() throws {
        let tag = try TaskTag(json: #"{"z": 1.50, "id": 1, "a": null, "z": 2, "name": null, "b": 1, "z": 2.50}"#)
        #expect(tag.unknownFields.map(\.key) == ["z", "a", "b"])
        #expect(tag.unknownFields.map(\.value.description) == ["2.50", "null", "1"])
        #expect(tag.json == #"{"id":1,"name":null,"z":2.50,"a":null,"b":1}"#)
        #expect(TaskTag(id: 1).unknownFields.isEmpty)
    }

    @Test("Absent and null are both nil, and the row tells which it was")
    func tellsAbsentFromNull() throws {
        let tag = try TaskTag(json: #"{"id": 1, "name": null}"#)
        #expect(tag.name == nil)
        #expect(tag.description == nil)
        #expect(tag.row?.contains("name") == true)
        #expect(tag.row?.contains("description") == false)
    }

    @Test("What was null is written as null, what was absent is left out, at every depth")
    func writesNullsAgain() throws {
        let json = #"{"id":7,"project":{"id":2,"title":null},"data":null,"tags":[{"id":3,"name":null},4]}"#
        var task = try AnnotationTask(json: json)
        #expect(task.json == json)
        task.data = RawJSON(true)
        task.project = nil
        #expect(task.json == #"{"id":7,"data":true,"tags":[{"id":3,"name":null},4]}"#)
        #expect(AnnotationTask(id: 1).json == #"{"id":1}"#)
    }

    @Test("A changed field is written instead of the received one, the rest as it came")
    func writesChanges() throws {
        var tag: TaskTag = try Fixture.model("task_tag")
        tag.name = "dusk"
        tag.description = nil
        let written = try tag.tree
        #expect(written["name"] == "dusk")
        #expect(written["description"] == nil)
        #expect(written["color"] == "#203040")
    }

    @Test(
        "An odd field is an error with its path",
        arguments: [
            (#"{"id": "7"}"#, JSONError(.type, "Expected an integer, found a string.", path: "id")),
            (#"{"id": null}"#, JSONError(.type, "Expected an integer, found null.", path: "id")),
            ("{}", JSONError(.missing, "The field is missing.", path: "id")),
            ("[]", JSONError(.type, "Expected an object, found an array.")),
            ("7", JSONError(.type, "Expected an object, found a number.")),
            (#"{"id": 7, "schema": 1}"#, JSONError(.type, "Expected a string, found a number.", path: "schema")),
            (#"{"id": 7, "tags": 1}"#, JSONError(.type, "Expected an array, found a number.", path: "tags")),
            (
                #"{"id": 7, "tags": [1, {"id": 2, "name": 3}]}"#,
                JSONError(.type, "Expected a string, found a number.", path: "tags[1].name")
            ),
            (
                #"{"id": 7, "data_unit": {"id": 1, "files": {"a": {"size": 1.5}}}}"#,
                JSONError(.type, "Expected an integer, found a number.", path: "data_unit.files.a.size")
            ),
            (
                #"{"id": 7, "data_unit": {"id": 1, "files": [{}, 3]}}"#,
                JSONError(.type, "Expected an object, found a number.", path: "data_unit.files[1]")
            ),
            (
                #"{"id": 7, "data_unit": {"id": 9223372036854775808}}"#,
                JSONError(.value, "The number does not fit an integer of 64 bits.", path: "data_unit.id")
            ),
        ])
    func namesOddField(_ json: String, _ expected: JSONError) {
        #expect(throws: expected) { try AnnotationTask(json: json) }
    }

    @Test("A model goes through Foundation's encoder inside a type of the user's own")
    func encodesAtTheEdge() throws {
        struct Report: Encodable {
            var task: AnnotationTask
            var tags: [TaskTag]
        }
        let report = Report(task: try Fixture.model("task"), tags: [TaskTag(id: 1, name: "é\n")])
        let bytes = try JSONEncoder().encode(report)
        let tree = try JSONValue(parsing: Array(bytes))
        #expect(tree["task"] == (try Fixture.value("task")))
        #expect(tree["tags"] == [["id": 1, "name": "é\n"]])
    }

    /// The tree without members that are null, at any depth: what is written of models made in code has none.
    private static func withoutNulls(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map(withoutNulls))
        case .object(let object):
            .object(
                JSONObject(
                    object.filter { !$0.value.isNull }.map {
                        JSONObject.Member(key: $0.key, value: withoutNulls($0.value))
                    }))
        default: value
        }
    }
}

/// A fixture and the model that it must be.
struct Claim: Sendable, CustomStringConvertible {
    let description: String
    let fieldNames: Set<String>
    let received: @Sendable () throws -> JSONObject
    private let write: @Sendable (Bool) throws -> JSONValue
    let encoded: @Sendable () throws -> JSONValue

    init<Model: WireModel>(
        _ fixture: String, _ type: Model.Type, at path: any Step...,
        dropRow: @escaping @Sendable (inout Model) -> Void = { _ in }
    ) {
        let read: @Sendable () throws -> RawJSON = {
            try path.reduce(try RawJSON(parsing: try Fixture.bytes(fixture))) { try $1.step(into: $0) }
        }
        description = "\(type) of \(fixture).json"
        fieldNames = type.fieldNames
        received = { try #require(try read().value.objectValue) }
        write = { keepingRow in
            var model = try Model(reading: try read())
            if !keepingRow { dropRow(&model) }
            return try model.tree
        }
        encoded = { try JSONValue.encoding(try Model(reading: try read())) }
    }

    func written(keepingRow: Bool) throws -> JSONValue {
        try write(keepingRow)
    }

    /// One step into a document: a name or an index.
    protocol Step: Sendable {
        func step(into json: RawJSON) throws -> RawJSON
    }
}

extension String: Claim.Step {
    func step(into json: RawJSON) throws -> RawJSON { try #require(try json.row()[self]) }
}

extension Int: Claim.Step {
    func step(into json: RawJSON) throws -> RawJSON { try json.elements()[self] }
}
