import SynapseModels
import Testing

@Suite struct OpenValueTests {
    @Test("The known words are the wire's")
    func knowsWords() {
        #expect(
            ProjectCategory.known.map(\.rawValue) == [
                "image", "video", "audio", "text", "pcd", "prompt", "time_series",
            ])
        #expect(CollectionCategory.known.map(\.rawValue) == ["image", "video", "audio", "text", "pcd", "data"])
        #expect(FileType.known.map(\.rawValue) == ["audio", "data", "image", "pcd", "text", "video"])
        #expect(AccessLevel.known.map(\.rawValue) == ["public", "partially_public", "private"])
        #expect(TagCategory.known.map(\.rawValue) == ["export", "project"])
        #expect(TagAction.known.map(\.rawValue) == ["add", "remove"])
        #expect(AnnotationAction.known.map(\.rawValue) == ["save", "submit"])
        #expect(AnnotationSchema.known.map(\.rawValue) == ["dm_schema_v1", "any"])
    }

    @Test("A word of a later version is kept")
    func keepsUnknownWords() throws {
        let category = try ProjectCategory(reading: try raw(#""hologram""#))
        #expect(category == "hologram")
        #expect(!category.isKnown)
        #expect(category.description == "hologram")
        #expect(category.json == #""hologram""#)
        #expect(ProjectCategory.timeSeries.isKnown)
        #expect(throws: JSONError.self) { try ProjectCategory(reading: try raw("1")) }
    }
}
