import SynapseModels
import Testing

@Suite struct RequestBodyTests {
    @Test(
        "A body reads and writes what the wire has",
        arguments: [
            Body("project_create", ProjectCreate.self), Body("tasks_create", TasksCreate.self),
            Body("tags_update", TagsUpdate<AnnotationTask>.self), Body("task_tag_create", TaskTagCreate.self),
            Body("data_collection_create", DataCollectionCreate.self), Body("data_unit_create", DataUnitCreate.self),
            Body("checksum_query", ChecksumQuery.self), Body("checksum_answer", ChecksumAnswer.self),
        ])
    func roundTrips(_ body: Body) throws {
        #expect(try body.written() == Fixture.value(body.description))
    }

    @Test("A body that is made in code is the wire's")
    func writesBodies() throws {
        #expect(
            try TasksCreate(project: 9, data: [.init(dataUnit: 100), .init(dataUnit: 101, meta: ["lot": 1])]).tree
                == Fixture.value("tasks_create"))
        #expect(
            try DataUnitCreate(
                dataCollection: 3,
                files: ["image_1": .init(checksum: "e6c47c3f8b6d202dd9f7723222862918", path: "/data/b.jpg")],
                meta: ["label": "dog"], groups: ["lot-1", "roll-2"]
            ).tree == Fixture.value("data_unit_create"))
        #expect(
            try ProjectCreate(
                title: "Crossings", category: .image, dataCollection: 3, configuration: ["schema_type": "dm_schema"],
                description: "Cars", accessLevel: .public
            ).tree == Fixture.value("project_create"))
        #expect(
            try DataCollectionCreate(
                name: "Street", category: .pcd,
                fileSpecifications: [.init(name: "pcd_1", fileType: .pcd, isRequired: true, isPrimary: true)],
                description: "Rides", meta: ["k": [1]], accessLevel: .private
            ).tree == Fixture.value("data_collection_create"))
        #expect(
            try TaskTagCreate(
                project: 9, name: "night", category: .export, description: "Taken after dark", meta: ["k": 1]
            ).tree == Fixture.value("task_tag_create"))
        #expect(
            try ChecksumQuery(
                checksums: ["8f21bc94710284977c8533c341fa5355", "e6c47c3f8b6d202dd9f7723222862918"]
            ).tree == Fixture.value("checksum_query"))
    }

    @Test("What a body may leave out has its documented value")
    func fillsDefaults() throws {
        let project = try ProjectCreate(json: #"{"title": "t", "category": "image"}"#)
        #expect(project.configuration == [:])
        #expect(project.dataCollection == nil)
        #expect(try TaskTagCreate(json: #"{"project": 9, "name": "n"}"#).category == .project)
        #expect(try DataCollectionCreate(json: #"{"name": "n", "category": "image"}"#).fileSpecifications.isEmpty)
        #expect(
            try DataUnitCreate(json: #"{"data_collection": 3, "files": {"a": {"checksum": "c"}}}"#).files["a"]?.path
                == "")
        #expect(
            try DataUnitCreate(json: #"{"data_collection": 3, "files": {}, "meta": null, "groups": null}"#).groups
                == nil)
    }

    @Test(
        "An odd body is an error with its path",
        arguments: [
            (#"{"project": 9}"#, JSONError(.missing, "The field is missing.", path: "data")),
            (
                #"{"project": 9, "data": [{"data_unit": 1}, {}]}"#,
                JSONError(.missing, "The field is missing.", path: "data[1].data_unit")
            ),
            (
                #"{"project": "9", "data": []}"#,
                JSONError(.type, "Expected an integer, found a string.", path: "project")
            ),
            ("[]", JSONError(.type, "Expected an object, found an array.")),
        ])
    func namesOddField(_ json: String, _ expected: JSONError) {
        #expect(throws: expected) { try TasksCreate(json: json) }
    }

    // MARK: Tags

    @Test(
        "Tags are put on and taken off in the present form and put on in the older ones",
        arguments: [
            (#"{"ids": [456, 457], "tags": [1, 2], "action": "remove"}"#, .remove),
            (#"{"ids": [456, 457], "tags": [1, 2], "action": "add"}"#, .add),
            (#"{"ids": [456, 457], "tags": [1, 2]}"#, .add),
            (#"{"task_ids": [456, 457], "tag_ids": [1, 2]}"#, .add),
            (#"{"assignment_ids": [456, 457], "tag_ids": [1, 2]}"#, .add),
        ] as [(String, TagAction)])
    func readsTags(_ json: String, _ action: TagAction) throws {
        let update = try TagsUpdate<AnnotationTask>(json: json)
        #expect(update.ids == [456, 457])
        #expect(update.tags == [1, 2])
        #expect(update.action == action)
        #expect(try update.tree == ["ids": [456, 457], "tags": [1, 2], "action": .string(action.rawValue)])
    }

    @Test(
        "A tag body without its parts names the present form's field",
        arguments: [
            ("{}", "ids"), (#"{"ids": [1]}"#, "tags"), (#"{"tags": [1]}"#, "ids"),
            (#"{"ids": ["x"], "tags": []}"#, "ids[0]"),
            (#"{"task_ids": [1], "tag_ids": [null]}"#, "tag_ids[0]"),
        ])
    func refusesTags(_ json: String, _ path: String) {
        let error = #expect(throws: JSONError.self) { try TagsUpdate<AnnotationTask>(json: json) }
        #expect(error?.path == path)
    }

    // MARK: Annotation

    @Test(
        "Annotation data comes with an action, or bare and handed in",
        arguments: [
            (#"{"action": "submit", "data": {"a": 1}}"#, .submit, ["a": 1]),
            (#"{"action": "save", "data": {"a": 1}}"#, .save, ["a": 1]),
            (#"{"action": "save"}"#, .save, nil),
            (#"{"action": "save", "data": null}"#, .save, nil),
            (#"{"annotations": []}"#, .submit, ["annotations": []]),
            (#"{"action": "jump", "x": 1}"#, .submit, ["action": "jump", "x": 1]),
            (#"{"action": 1}"#, .submit, ["action": 1]),
            ("{}", .submit, [:]),
        ] as [(String, AnnotationAction, JSONValue?)])
    func readsAnnotation(_ json: String, _ action: AnnotationAction, _ data: JSONValue?) throws {
        let annotation = try TaskAnnotation(json: json)
        #expect(annotation.action == action)
        #expect(annotation.data?.value == data)
        let written = try annotation.tree
        #expect(written["action"] == .string(action.rawValue))
        #expect(written["data"] == data)
        #expect(throws: JSONError.self) { try TaskAnnotation(json: "[]") }
    }
}

/// A fixture and the body that it must be.
struct Body: Sendable, CustomStringConvertible {
    let description: String
    let written: @Sendable () throws -> JSONValue

    init<Model: JSONReadable & JSONWritable>(_ fixture: String, _ type: Model.Type) {
        description = fixture
        written = { try Fixture.model(fixture, as: type).tree }
    }
}
