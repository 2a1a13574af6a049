import SynapseModels
import Testing

@Suite struct JSONValueTests {
    @Test("A value answers as its own type alone")
    func answersAsItsType() {
        let values: [JSONValue] = [nil, true, 1, 1.5, .decimal("1e400"), "x", [1], ["a": 1]]
        #expect(values.map(\.isNull) == [true, false, false, false, false, false, false, false])
        #expect(values.map(\.boolValue) == [nil, true, nil, nil, nil, nil, nil, nil])
        #expect(values.map(\.integerValue) == [nil, nil, 1, nil, nil, nil, nil, nil])
        #expect(values.map(\.doubleValue) == [nil, nil, 1, 1.5, .infinity, nil, nil, nil])
        #expect(values.map(\.stringValue) == [nil, nil, nil, nil, nil, "x", nil, nil])
        #expect(values.map(\.arrayValue) == [nil, nil, nil, nil, nil, nil, [1], nil])
        #expect(values.map(\.objectValue) == [nil, nil, nil, nil, nil, nil, nil, ["a": 1]])
        #expect(values[6][0] == 1)
        #expect(values[6][1] == nil)
        #expect(values[6][-1] == nil)
        #expect(values[7]["a"] == 1)
        #expect(values[7]["b"] == nil)
        #expect(values[0]["a"] == nil)
        #expect(values[0][0] == nil)
    }

    @Test("Objects are equal in whatever order, and only with the same members")
    func comparesObjects() {
        let one: JSONValue = ["a": 1, "b": [2, ["c": nil]]]
        let other: JSONValue = ["b": [2, ["c": nil]], "a": 1]
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        #expect(one != ["a": 1])
        #expect(one != ["a": 1, "b": [2, ["c": false]]])
        #expect(one != ["a": 1, "c": [2, ["c": nil]]])
        #expect([1, 2] as JSONValue != [2, 1])
        #expect(["e\u{301}": 1] as JSONValue != ["\u{E9}": 1])
    }

    @Test("An object is changed by name and keeps its order")
    func changesObjects() {
        var object: JSONObject = ["a": 1, "b": 2, "c": 3]
        object["b"] = "two"
        object["d"] = 4
        object["a"] = nil
        object["none"] = nil
        #expect(object.keys == ["b", "c", "d"])
        #expect(object["b"] == "two")
        #expect(object.map(\.value) == ["two", 3, 4])
        #expect(
            JSONObject([.init(key: "x", value: 1), .init(key: "y", value: 2), .init(key: "x", value: 3)]).map(\.value)
                == [3, 2])
        object["e\u{301}"] = 5
        object["\u{E9}"] = 6
        #expect(object.count == 5)
        object["e\u{301}"] = nil
        #expect(object.keys.last?.unicodeScalars.count == 1)
    }
}
