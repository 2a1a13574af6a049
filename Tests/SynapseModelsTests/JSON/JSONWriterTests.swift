import SynapseModels
import Testing

@Suite struct JSONWriterTests {
    @Test(
        "A value is written compactly",
        arguments: [
            (nil, "null"), (true, "true"), (false, "false"), (0, "0"), (-1, "-1"), (9, "9"), (10, "10"),
            (.integer(.max), "9223372036854775807"), (.integer(.min), "-9223372036854775808"),
            (1.0, "1.0"), (-0.0, "-0.0"), (0.1, "0.1"), (1e22, "1e+22"), (.double(.leastNonzeroMagnitude), "5e-324"),
            (.double(.infinity), "null"), (.double(-.infinity), "null"), (.double(.nan), "null"),
            (.decimal("1e400"), "1e400"), (.decimal("00"), #""00""#), (.decimal("NaN"), #""NaN""#),
            (.decimal(""), #""""#),
            (.decimal("\"x"), #""\"x""#), (.decimal("[1]"), #""[1]""#),
            ("", #""""#), ("a", #""a""#), ([], "[]"), ([:], "{}"), ([1, [2, []], [:]], "[1,[2,[]],{}]"),
            (["b": 1, "a": ["": nil], "B": []], #"{"b":1,"a":{"":null},"B":[]}"#),
        ] as [(JSONValue, String)])
    func writesValues(_ value: JSONValue, _ json: String) {
        #expect(value.description == json)
        #expect(value.json == json)
        #expect(RawJSON(value).description == json)
        #expect(RawJSON(value).json == json)
    }

    @Test(
        "A string is escaped where it must be and nowhere else",
        arguments: [
            ("\"", #""\"""#), ("\\", #""\\""#), ("/", #""/""#), ("\u{8}\u{C}\n\r\t", #""\b\f\n\r\t""#),
            ("\u{0}\u{1}\u{B}\u{1F}", #""\u0000\u0001\u000b\u001f""#), ("\u{7F}", "\"\u{7F}\""), ("é한😀", #""é한😀""#),
            ("a\"b\\c\nd", #""a\"b\\c\nd""#), ("\"\"", #""\"\"""#), ("\u{2028}</script>", "\"\u{2028}</script>\""),
        ])
    func escapes(_ text: String, _ json: String) {
        #expect(text.json == json)
        #expect([text: 1].json == "{\(json):1}")
    }

    @Test("Members are written in the order in which they are given, dictionaries sorted")
    func keepsOrder() {
        var writer = JSONWriter(reservingCapacity: 64)
        writer.object {
            $0.member("z", 1)
            $0.memberIfPresent("none", Int?.none)
            $0.memberIfPresent("y", "text")
            $0.member("x", Int?.none)
            $0.member("w") { $0.array { _ in } }
            $0.member("v") { $0.object { $0.member("u", true) } }
            $0.member("t", [1, 2])
        }
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"z":1,"y":"text","x":null,"w":[],"v":{"u":true},"t":[1,2]}"#)
        #expect(["b": 1, "a": 2, "c": 3].json == #"{"a":2,"b":1,"c":3}"#)
    }

    @Test("Containers and raw values in a row are divided by commas, whichever way they are written")
    func dividesElements() throws {
        let raw = try RawJSON(parsing: Array("[7]".utf8))
        var writer = JSONWriter()
        writer.array {
            $0.object { $0.member("a", 1) }
            $0.object { _ in }
            $0.array { $0.element(1) }
            $0.element("x")
            $0.array { _ in }
            $0.write(raw: raw)
            $0.write(raw: raw)
            $0.element(raw)
        }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"[{"a":1},{},[1],"x",[],[7],[7],[7]]"#)
    }

    @Test("Raw JSON is put in as it came, white space and spelling of numbers included")
    func splicesRaw() throws {
        let text = #"{ "n" : 1.500 , "s" : "\u0041\ud800" , "n" : 1E2 }"#
        let raw = try RawJSON(parsing: Array("  \(text)\n".utf8))
        #expect(raw.description == text)
        var writer = JSONWriter()
        writer.object {
            $0.member("before", 0)
            $0.member("raw", raw)
            $0.member("after", raw)
        }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"before":0,"raw":\#(text),"after":\#(text)}"#)
        #expect(refusal(of: writer.bytes) == nil)
    }

    @Test("A tree reads back equal, members in order", arguments: [21, 22, 23] as [UInt64])
    func roundTrips(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        for index in 0..<1500 {
            let tree = random.tree()
            let bytes = tree.serialized()
            let read = try JSONValue(parsing: bytes)
            #expect(JSONDifferentialTests.canonical(read) == JSONDifferentialTests.canonical(tree), "\(seed), \(index)")
            #expect(read == tree)
            #expect(read.hashValue == tree.hashValue)
            #expect(read.serialized() == bytes)
        }
    }
}
