import Foundation
import SynapseModels
import Testing

@Suite struct JSONCodableTests {
    private struct Box: Codable, Equatable {
        var name: String
        var count: Int
        var ratio: Double?
        var when: Date?
        var open: JSONValue?
        var list: [UInt8] = []
    }

    @Test("A user's own type goes to a value and back")
    func bridges() throws {
        let box = Box(
            name: "é\n", count: .max, ratio: 0.1, when: Date(timeIntervalSince1970: 1_768_470_491),
            open: ["a": [1, 1.5, nil, true, "x", [:], []]], list: [1, 255])
        let value = try JSONValue.encoding(box)
        #expect(value["name"] == "é\n")
        #expect(value["count"] == .integer(.max))
        #expect(value["ratio"] == 0.1)
        #expect(value["when"] == "2026-01-15T09:48:11Z")
        #expect(value["open"]?["a"]?[0] == 1)
        #expect(try value.decode(Box.self) == box)
        #expect(try RawJSON(value).decode(Box.self) == box)
        #expect(try JSONValue.encoding(7) == 7)
        #expect(try JSONValue.encoding(Optional<Int>.none) == nil)
    }

    @Test("A payload that does not fit is the decoder's own error with its path")
    func failsWithPath() throws {
        let value: JSONValue = ["name": "n", "count": "one", "list": []]
        let error = #expect(throws: DecodingError.self) { try value.decode(Box.self) }
        guard case .typeMismatch(_, let context) = try #require(error) else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(context.codingPath.map(\.stringValue) == ["count"])
    }

    @Test("A value goes through any coder, inside a type of the user's own")
    func passesThroughCoders() throws {
        let value: JSONValue = [
            "null": nil, "bool": true, "zero": 0, "one": 1, "big": .integer(.max), "small": .integer(.min), "half": 0.5,
            "text": "1", "array": [1, [2], [:]], "object": ["": [nil]],
        ]
        let bytes = try JSONEncoder().encode(["value": value])
        #expect(try JSONDecoder().decode([String: JSONValue].self, from: bytes) == ["value": value])
        let lossy = try JSONDecoder().decode(
            JSONValue.self, from: try JSONEncoder().encode(JSONValue.decimal("0.10000000000000000001")))
        #expect(lossy == 0.1)
        #expect(throws: EncodingError.self) { try JSONEncoder().encode(JSONValue.decimal("1e400")) }
    }

    @Test("A raw payload is decoded out of its page")
    func decodesRaw() throws {
        struct Data: Decodable {
            struct Annotation: Decodable {
                var id: String
                var score: Double
            }
            var annotations: [String: [Annotation]]
        }
        let task: AnnotationTask = try Fixture.model("task")
        let data = try #require(try task.data?.decode(Data.self))
        #expect(data.annotations["image_1"]?.first?.id == "Cd1qfFQFI4")
        #expect(data.annotations["image_1"]?.first?.score == 0.1 + 0.2)
        #expect(throws: DecodingError.self) { try RawJSON(trusted: Array("nope".utf8)).decode(Int.self) }
    }
}
