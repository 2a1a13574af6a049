import SynapseModels
import Testing

@Suite struct JSONReaderTests {
    // MARK: Accepted

    @Test(
        "A document is read as the value that it spells",
        arguments: [
            ("null", nil),
            ("true", true),
            ("false", false),
            ("0", 0),
            ("\"\"", ""),
            ("[]", []),
            ("{}", [:]),
            (" \t\r\n[ \t\r\n1 \t\r\n, \t\r\n2 \t\r\n] \t\r\n", [1, 2]),
            (" { \"a\" : 1 , \"b\" : [ ] , \"c\" : { } } ", ["a": 1, "b": [], "c": [:]]),
            ("[[],[[]],[[[]]]]", [[], [[]], [[[]]]]),
            ("{\"\":0}", ["": 0]),
            ("{\"a\":{\"a\":{\"a\":null}}}", ["a": ["a": ["a": nil]]]),
            ("[null,true,false,\"x\",1,1.5,{}]", [nil, true, false, "x", 1, 1.5, [:]]),
            ("\"a/b\"", "a/b"),
            ("\"\u{7F}\u{80}\u{2028}\u{2029}\u{FEFF}\"", "\u{7F}\u{80}\u{2028}\u{2029}\u{FEFF}"),
            ("[\"true\",\"[]\",\"{\"]", ["true", "[]", "{"]),
        ] as [(String, JSONValue)])
    func accepts(_ text: String, _ value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
        #expect(try RawJSON(parsing: Array(text.utf8)).value == value)
    }

    // MARK: Refused

    @Test(
        "A document that is not JSON is refused at the byte where it goes wrong",
        arguments: [
            ("", 0), (" ", 1), ("\n\n", 2),
            ("nul", 0), ("nulL", 0), ("True", 0), ("tru", 0), ("falsE", 0), ("nil", 0), ("None", 0), ("undefined", 0),
            ("nullx", 4), ("null null", 5), ("1 2", 2), ("{}{}", 2), ("[]]", 2), ("\"a\"\"b\"", 3), ("0 // note", 2),
            ("[", 1), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("[1,,2]", 3), ("[1 2]", 3), ("[1;2]", 2),
            ("[1}", 2), ("[1:2]", 2), ("]", 0), ("}", 0), (",", 0), (":", 0), ("['a']", 1),
            ("{", 1), ("{\"a\"", 4), ("{\"a\":", 5), ("{\"a\":1", 6), ("{\"a\":1,", 7), ("{\"a\":1,}", 7),
            ("{,}", 1), ("{\"a\"}", 4), ("{\"a\" 1}", 5), ("{\"a\":}", 5), ("{\"a\"::1}", 5), ("{\"a\":1]", 6),
            ("{\"a\":1 \"b\":2}", 7), ("{a:1}", 1), ("{1:1}", 1), ("{null:1}", 1), ("{'a':1}", 1), ("{\"a\",1}", 4),
            ("{\"a\":1,,\"b\":2}", 7), ("{[]:1}", 1),
            ("\"", 1), ("\"abc", 4), ("\"abcdefghijk", 12), ("\"\n\"", 1), ("\"a\tb\"", 2), ("\"\u{0}\"", 1),
            ("\"12345678\u{1F}\"", 9), ("\u{B}1", 0), ("\u{C}1", 0), ("\u{A0}1", 0), ("\u{2028}1", 0),
            ("1\u{0}", 1), ("[1]\u{0}", 3), ("\u{FEFF}1", 0), ("/* */ 1", 0), ("# 1", 0),
        ])
    func refusesSyntax(_ text: String, _ offset: Int) {
        let reason = refusal(of: Array(text.utf8))
        #expect(reason?.code == .syntax)
        #expect(reason?.offset == offset)
        #expect(reason?.path == "")
    }

    @Test(
        "An escape that JSON does not know is refused",
        arguments: [
            #""\a""#, #""\v""#, #""\0""#, #""\'""#, #""\x41""#, #""\U0041""#, #""\ ""#, #""\"#, #""\""#, #""\u""#,
            #""\u1""#, #""\u12""#, #""\u123""#, #""\u123g""#, #""\u+123""#, #""\u 123""#, #""\u12"}"#, #""\uD800\u""#,
            #""\uD800\uDC0""#, "\"\\\n\"", "\"\\\u{E9}\"",
        ])
    func refusesEscape(_ text: String) {
        #expect(refusal(of: Array(text.utf8))?.code == .syntax)
    }

    @Test(
        "A number that JSON does not know is refused",
        arguments: [
            "+1", "-", "--1", "-+1", "- 1", ".5", "-.5", "1.", "-1.", "1.e5", "1e", "1E", "1e+", "1e-", "1e+-1", "1.5e",
            "01", "-01", "00", "-00", "00.5", "0x10", "1_000", "1,000", "1e5.5", "1.2.3", "1a", "NaN", "nan",
            "Infinity",
            "-Infinity", "inf", "-inf", "1f", "1u5", "1U5", "1d5", "0b1", "0o7", "١", "½", "1e５", "1.0e１", "[1.]",
            "[-]", "[1e]", "[01]",
        ])
    func refusesNumber(_ text: String) {
        #expect(refusal(of: Array(text.utf8))?.code == .syntax)
    }

    @Test("Every beginning of a document that is no document itself is refused")
    func refusesEveryTruncation() throws {
        let document = Array(
            #"{"a":[1,-2.5e+3,true,false,null,"x\n\u00e9\ud83d\ude00é€😀"],"b":{"c":{},"d":[]},"e":"12345678 "}"#.utf8)
        #expect(refusal(of: document) == nil)
        for count in 0..<document.count {
            #expect(refusal(of: Array(document.prefix(count))) != nil, "the first \(count) bytes")
        }
    }

    @Test("No single byte put into or taken out of a place between tokens goes unseen", arguments: [0, 1, 5, 6, 8, 10])
    func refusesStrayBytes(_ place: Int) {
        let document = Array(#"{"a":[1,2]}"#.utf8)
        for byte in UInt8.min...UInt8.max {
            var odd = document
            odd.insert(byte, at: place)
            let isWhitespace = [0x20, 0x09, 0x0A, 0x0D].contains(byte)
            let isDigit = (place == 6 || place == 8) && (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(byte)
            let isSign = (place == 6 || place == 8) && byte == UInt8(ascii: "-")
            #expect((refusal(of: odd) == nil) == (isWhitespace || isDigit || isSign), "byte \(byte)")
        }
    }

    @Test("A message never repeats the document's text")
    func keepsTextOutOfMessages() {
        for text in [#"{"token":"s3cr3t",}"#, #"["s3cr3t" "s3cr3t"]"#, "s3cr3t", #""s3cr3t"#] {
            let reason = refusal(of: Array(text.utf8))
            #expect(reason?.description.contains("s3cr3t") == false)
        }
    }

    // MARK: Objects

    @Test("A repeated name keeps its first place and its last value", arguments: [2, 12, 13, 40])
    func mergesRepeatedNames(_ count: Int) throws {
        let fillers = (0..<count - 2).map { #""k\#($0)":\#($0)"# }
        let text = "{" + ([#""x":1"#] + fillers + [#""\u0078":2"#]).joined(separator: ",") + "}"
        let object = try #require(try JSONValue(parsing: text).objectValue)
        #expect(object.keys == ["x"] + (0..<count - 2).map { "k\($0)" })
        #expect(object["x"] == 2)
        let row = try JSONRow(parsing: Array(text.utf8))
        #expect(row["x"]?.value == 2)
        #expect(row.keys.count == count)
    }

    @Test("Two spellings of one accented letter stay two names", arguments: [0, 20])
    func keepsSpellingsApart(_ fillers: Int) throws {
        let rest = (0..<fillers).map { ",\"k\($0)\":0" }.joined()
        let text = "{\"\u{E9}\":1,\"e\u{301}\":2\(rest)}"
        let object = try #require(try JSONValue(parsing: text).objectValue)
        #expect(object.count == 2 + fillers)
        #expect(object["\u{E9}"] == 1)
        #expect(object["e\u{301}"] == 2)
        #expect(object["\u{E9}\u{301}"] == nil)
        let row = try JSONRow(parsing: Array(text.utf8))
        #expect(row["\u{E9}"]?.value == 1)
        #expect(row["e\u{301}"]?.value == 2)
        #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
    }

    // MARK: Limits

    @Test(
        "Nesting is taken up to the limit and refused one level above", arguments: [1, 2, 7, 64, 512, 1024],
        ["[", "{\"a\":"])
    func limitsDepth(_ depth: Int, _ open: String) throws {
        let limits = JSONLimits(maximumDepth: depth, maximumByteCount: 1 << 20)
        let within = nested(depth, open)
        #expect(try JSONValue(parsing: within, limits: limits).depth == depth)
        let raw = try RawJSON(parsing: within, limits: limits)
        #expect(raw.value.depth == depth)
        #expect(raw.value.serialized() == within)
        #expect(refusal(of: nested(depth + 1, open), limits: limits)?.code == .depth)
    }

    @Test("The depth limit holds when it was changed after the limits were made")
    func holdsChangedDepth() {
        var limits = JSONLimits.default
        limits.maximumDepth = 1_000_000
        #expect(limits.maximumDepth == 1024)
        limits.maximumDepth = 0
        #expect(limits.maximumDepth == 1)
        limits.maximumByteCount = .max
        #expect(limits.maximumByteCount == Int(Int32.max))
        limits.maximumByteCount = -1
        #expect(limits.maximumByteCount == 1)
    }

    @Test("The default depth is 512", arguments: ["[", "{\"a\":"])
    func hasDefaultDepth(_ open: String) {
        #expect(refusal(of: nested(512, open)) == nil)
        #expect(refusal(of: nested(513, open))?.code == .depth)
    }

    @Test("A million open brackets are refused, not followed", arguments: ["[", "{\"a\":"])
    func survivesHostileDepth(_ open: String) {
        let bytes = Array(String(repeating: open, count: 1_000_000).utf8)
        #expect(refusal(of: bytes)?.code == .depth)
        #expect(throws: JSONError.self) { try Page<TaskTag>(parsing: bytes) }
    }

    @Test("A document is taken up to the size limit and refused one byte above")
    func limitsSize() {
        let limits = JSONLimits(maximumDepth: 8, maximumByteCount: 10)
        #expect(refusal(of: Array("[1,2,3,45]".utf8), limits: limits) == nil)
        #expect(refusal(of: Array("[1,2,3,456]".utf8), limits: limits)?.code == .size)
        #expect(refusal(of: Array("[1,2,3,4] ".utf8), limits: limits) == nil)
        #expect(refusal(of: Array("[1,2,3,4]  ".utf8), limits: limits)?.code == .size)
    }

    private func nested(_ depth: Int, _ open: String) -> [UInt8] {
        let inner = open == "[" ? "[]" : "{}"
        let close = open == "[" ? "]" : "}"
        return Array(
            (String(repeating: open, count: depth - 1) + inner + String(repeating: close, count: depth - 1)).utf8)
    }
}

extension JSONValue {
    /// How many containers are inside each other.
    fileprivate var depth: Int {
        switch self {
        case .array(let elements): 1 + (elements.map(\.depth).max() ?? 0)
        case .object(let object): 1 + (object.map(\.value.depth).max() ?? 0)
        default: 0
        }
    }
}

/// Why the readers refuse a document, or `nil`; the tree and the raw reader must give the same reason.
func refusal(
    of bytes: [UInt8], limits: JSONLimits = .default, sourceLocation: SourceLocation = #_sourceLocation
) -> JSONError? {
    var reasons: [JSONError?] = []
    do throws(JSONError) {
        _ = try JSONValue(parsing: bytes, limits: limits)
        reasons.append(nil)
    } catch {
        reasons.append(error)
    }
    do throws(JSONError) {
        _ = try RawJSON(parsing: bytes, limits: limits)
        reasons.append(nil)
    } catch {
        reasons.append(error)
    }
    #expect(reasons[0] == reasons[1], sourceLocation: sourceLocation)
    return reasons[0]
}
