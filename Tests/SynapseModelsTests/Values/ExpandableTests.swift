import SynapseModels
import Testing

@Suite struct ExpandableTests {
    @Test("A relation is an identifier or the resource, and answers with the identifier in both cases")
    func readsBothForms() throws {
        let plain: AnnotationTask = try Fixture.model("task")
        #expect(plain.project?.id == 9)
        #expect(plain.project?.object == nil)
        #expect(plain.dataUnit?.id == 100)
        #expect(plain.tags?.map(\.id) == [1, 2])

        let expanded: AnnotationTask = try Fixture.model("task_expanded")
        #expect(expanded.project?.id == 9)
        #expect(expanded.project?.object?.title == "Crossings")
        #expect(expanded.dataUnit?.object?.dataCollection?.object?.fileSpecifications?.first?.name == "image_1")
        #expect(expanded.dataUnit?.object?.files?["image_1"]?.url == "http://backend/media/1.jpg")
        #expect(expanded.tags?.map(\.id) == [1, 2])
        #expect(expanded.tags?.map { $0.object?.name } == ["night", nil])
    }

    @Test("A relation that is neither is an error with the path to it")
    func refusesOtherForms() {
        #expect(throws: JSONError(.type, "Expected an integer, found a string.", path: "project")) {
            try TaskTag(json: #"{"id": 1, "project": "9"}"#)
        }
        #expect(throws: JSONError(.missing, "The field is missing.", path: "project.id")) {
            try TaskTag(json: #"{"id": 1, "project": {}}"#)
        }
    }

    @Test("A relation is written in the form in which it came")
    func writesBothForms() {
        #expect(Expandable<TaskTag>.id(3).json == "3")
        #expect(Expandable<TaskTag>.object(TaskTag(id: 3, name: "n")).json == #"{"id":3,"name":"n"}"#)
    }
}
