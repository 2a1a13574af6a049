import SynapseModels
import Testing

@Suite struct JSONRowTests {
    private let row: JSONRow

    init() throws {
        let text = #"{"id":7,"name":"n","none":null,"list":[1,"2",3],"deep":{"a":[{"b":"x"}]},"\u006bey":true,"id":8}"#
        row = try JSONRow(parsing: Array(" \(text) ".utf8))
    }

    @Test("Members are found by name without being read")
    func findsMembers() {
        #expect(row.keys == ["id", "name", "none", "list", "deep", "key", "id"])
        #expect(row["id"]?.description == "8")
        #expect(row["key"]?.value == true)
        #expect(row["list"]?.description == #"[1,"2",3]"#)
        #expect(row["nam"] == nil)
        #expect(row["names"] == nil)
        #expect(row[""] == nil)
        #expect(row.contains("none"))
        #expect(!row.contains("nothing"))
        #expect(row.raw.byteCount == row.raw.bytes.count)
        #expect(row.raw.value["deep"]?["a"]?[0]?["b"] == "x")
    }

    @Test("Absent and null are nil where a field may be absent")
    func readsOptional() throws {
        #expect(try row.readIfPresent("nothing", as: Int.self) == nil)
        #expect(try row.readIfPresent("none", as: Int.self) == nil)
        #expect(try row.readIfPresent("id", as: Int.self) == 8)
    }

    @Test("An error names the way to the odd value")
    func namesPath() throws {
        #expect(throws: JSONError(.missing, "The field is missing.", path: "nothing")) {
            try row.read("nothing", as: Int.self)
        }
        #expect(throws: JSONError(.type, "Expected an integer, found null.", path: "none")) {
            try row.read("none", as: Int.self)
        }
        #expect(throws: JSONError(.type, "Expected an integer, found a string.", path: "list[1]")) {
            try row.read("list", as: [Int].self)
        }
        #expect(throws: JSONError(.type, "Expected an integer, found a string.", path: "deep.a[0].b")) {
            try row.read("deep", as: [String: [[String: Int]]].self)
        }
        #expect(throws: JSONError(.type, "Expected a string, found a number.", path: "id")) {
            try row.readIfPresent("id", as: String.self)
        }
        #expect(throws: JSONError(.type, "Expected a boolean, found an object.", path: "deep")) {
            try row.read("deep", as: Bool.self)
        }
    }

    @Test("Every type of value is read")
    func readsTypes() throws {
        #expect(try [Int](json: "[1,2]") == [1, 2])
        #expect(try [String: Bool](json: #"{"a":true,"b":false,"a":false}"#) == ["a": false, "b": false])
        #expect(try raw("[1]").value == [1])
        #expect(try raw("[ 1 ]").description == "[ 1 ]")
        #expect(try [[Double]](json: "[[1],[],[2.5]]") == [[1], [], [2.5]])
        #expect(throws: JSONError.self) { try [Int](json: "{}") }
        #expect(throws: JSONError.self) { try [String: Int](json: "[]") }
        #expect(throws: JSONError.self) { try JSONRow(parsing: Array("[1]".utf8)) }
        #expect(throws: JSONError.self) { try JSONRow(parsing: Array("{".utf8)) }
    }

    @Test("A hundred thousand names are read in time that grows with their number", .timeLimit(.minutes(1)))
    func readsManyNames() throws {
        let text = "{" + (0..<100_000).map { "\"key\($0)\":\($0)" }.joined(separator: ",") + "}"
        let raw = try RawJSON(parsing: Array(text.utf8))
        #expect(try [String: Int](reading: raw).count == 100_000)
        #expect(raw.value.objectValue?.count == 100_000)
        var tag = try TaskTag(json: #"{"id":1}"#)
        tag.row = try raw.row()
        #expect(tag.unknownFields.count == 100_000)
        let files = text.replacing(/:[0-9]+/, with: #":{"url":"u"}"#)
        #expect(try DataUnitFiles(json: files).entries.count == 100_000)
        #expect(try raw.decode(JSONValue.self).objectValue?.count == 100_000)
    }

    // MARK: Raw values

    @Test("Bytes that are trusted but wrong read as null and fail as errors, never as a crash")
    func survivesWrongTrust() {
        for text in ["", "}", "{", "[", "[1", "{\"a\":", "nope", "\"", "{\"a\":1}}", "[1]]", "\u{FF}"] {
            let raw = RawJSON(trusted: Array(text.utf8))
            #expect(raw.value == .null)
            _ = try? raw.row()
            _ = try? raw.elements()
            _ = try? raw.decode(JSONValue.self)
        }
        let half = RawJSON(trusted: [UInt8(ascii: "\""), 0xFF, UInt8(ascii: "\"")])
        #expect(half.value == .null)
        #expect(throws: JSONError.self) { try String(reading: half) }
    }

    @Test("A value is cut out of its page when asked")
    func detaches() throws {
        let list = try #require(row["list"])
        let copy = list.detached()
        #expect(copy == list)
        #expect(copy.hashValue == list.hashValue)
        #expect(try copy.elements().map(\.description) == ["1", "\"2\"", "3"])
        let byteCount = unsafe list.withBytes { $0.count }
        #expect(byteCount == list.byteCount)
        #expect(RawJSON.null.isNull)
        #expect(RawJSON.null.value == nil)
    }
}
