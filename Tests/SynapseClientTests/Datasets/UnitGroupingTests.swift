import SynapseClient
import SynapseModels
import Testing

struct UnitGroupingTests {
    let image = FileSpecification(name: "image", fileType: .image, isRequired: true, extensions: ["png", "jpg"])
    let label = FileSpecification(name: "label", fileType: .text, isRequired: false, extensions: ["json"])

    @Test func `With one specification each file that it takes is a unit`() {
        let grouping = UnitGrouping(
            paths: ["/d/a/1.png", "/d/a/1.jpg", "/d/b/1.PNG", "/d/x.txt"], in: "/d", specifications: [image])
        #expect(
            grouping.units.map(\.files) == [["image": "/d/a/1.png"], ["image": "/d/a/1.jpg"], ["image": "/d/b/1.PNG"]])
        #expect(grouping.skipped.map(\.path) == ["/d/x.txt"])
    }

    @Test func `With several, files of one name belong together`() {
        let grouping = UnitGrouping(
            paths: ["/d/a/1.json", "/d/a/1.png", "/d/b/1.png", "/d/b/2.json"], in: "/d", specifications: [image, label])
        #expect(grouping.units.map(\.key) == ["a/1", "b/1"])
        #expect(grouping.units[0].files == ["image": "/d/a/1.png", "label": "/d/a/1.json"])
        #expect(grouping.skipped.map(\.path) == ["/d/b/2.json"])
        #expect(grouping.skipped[0].reason.contains("'image'"))
    }

    @Test func `A folder named after a specification decides where extensions do not`() {
        let left = FileSpecification(name: "left", fileType: .image, isRequired: true)
        let right = FileSpecification(name: "right", fileType: .image, isRequired: true)
        let grouping = UnitGrouping(
            paths: ["/d/left/1.png", "/d/right/1.png", "/d/1.png"], in: "/d", specifications: [left, right])
        #expect(grouping.units.map(\.files) == [["left": "/d/left/1.png", "right": "/d/right/1.png"]])
        #expect(grouping.skipped.map(\.path) == ["/d/1.png"])
    }

    @Test func `A second file for the same place is named, not lost`() {
        let grouping = UnitGrouping(
            paths: ["/d/1.jpg", "/d/1.png", "/d/1.json"], in: "/d", specifications: [image, label])
        #expect(grouping.units.map(\.files) == [["image": "/d/1.jpg", "label": "/d/1.json"]])
        #expect(grouping.skipped.map(\.path) == ["/d/1.png"])
    }

    @Test func `A specification that names the extension goes before one that takes everything`() {
        let notes = FileSpecification(name: "notes", fileType: .text, isRequired: false)
        let grouping = UnitGrouping(paths: ["/d/1.png", "/d/1.md"], in: "/d", specifications: [image, notes])
        #expect(grouping.units.map(\.files) == [["image": "/d/1.png", "notes": "/d/1.md"]])
    }

    @Test func `A specification without extensions takes what its type does not speak against`() {
        let any = FileSpecification(name: "picture", fileType: .image, isRequired: true)
        let grouping = UnitGrouping(
            paths: ["/d/1.png", "/d/2.dcm", "/d/3", "/d/list.csv", "/d/notes.txt", "/d/song.mp3"], in: "/d",
            specifications: [any])
        #expect(grouping.units.map(\.files.values.first) == ["/d/1.png", "/d/2.dcm", "/d/3"])
        #expect(grouping.skipped.map(\.code) == ["no_specification", "no_specification", "no_specification"])
        let everything = FileSpecification(name: "data", fileType: .data, isRequired: true)
        #expect(UnitGrouping(paths: ["/d/a.csv", "/d/a.png"], in: "/d", specifications: [everything]).units.count == 2)
    }

    @Test func `The type decides between specifications without extensions, and what is left open is said`() {
        let picture = FileSpecification(name: "picture", fileType: .image, isRequired: true)
        let text = FileSpecification(name: "text", fileType: .text, isRequired: false)
        let grouping = UnitGrouping(
            paths: ["/d/1.png", "/d/1.txt", "/d/1.dcm"], in: "/d", specifications: [picture, text])
        #expect(grouping.units.map(\.files) == [["picture": "/d/1.png", "text": "/d/1.txt"]])
        #expect(grouping.skipped.map(\.code) == ["several_specifications"])
        #expect(grouping.skipped[0].reason.contains("'picture', 'text' all take it"))
    }

    @Test func `Two spellings of one accented letter are two files`() {
        let grouping = UnitGrouping(
            paths: ["/d/\u{E9}.png", "/d/e\u{301}.png"], in: "/d", specifications: [image, label])
        #expect(grouping.units.count == 2)
    }
}
