import SynapseModels
import Testing

@Suite struct JSONStringTests {
    // MARK: UTF-8

    @Test(
        "Bytes that are not UTF-8 are refused",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC0, 0xAF], [0xC1, 0xBF],  // stray and two-byte overlong
            [0xC2], [0xC2, 0x20], [0xC2, 0xC2], [0xDF, 0x7F], [0xDF, 0xC0],  // cut and wrong second byte
            [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xE0, 0xA0], [0xE0, 0xA0, 0x7F], [0xE0, 0xA0, 0xC0],
            [0xE1, 0x7F, 0x80], [0xE1, 0x80], [0xEF, 0xBF, 0x22], [0xEC, 0xC0, 0x80],
            [0xED, 0xA0, 0x80], [0xED, 0xAF, 0xBF], [0xED, 0xB0, 0x80], [0xED, 0xBF, 0xBF],  // surrogates
            [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80],  // a pair of them, as CESU-8 spells it
            [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80], [0xF0, 0x90], [0xF0],
            [0xF0, 0x90, 0x80, 0x7F], [0xF0, 0x90, 0xC0, 0x80], [0xF1, 0x80, 0x80, 0xC0], [0xF3, 0x7F, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF4, 0xBF, 0xBF, 0xBF],  // above U+10FFFF
            [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], [0xFE],
            [0xFF],
        ] as [[UInt8]])
    func refusesBytes(_ bytes: [UInt8]) {
        for filler in 0...9 {
            let before = [UInt8](repeating: UInt8(ascii: "a"), count: filler)
            let text = [UInt8(ascii: "\"")] + before + bytes + Array("bcdefghi\"".utf8)
            let reason = refusal(of: text)
            #expect(reason?.code == .utf8)
            #expect(reason?.offset == 1 + filler)
            let key = Array("{\"".utf8) + before + bytes + Array("bcdefghi\":1}".utf8)
            #expect(refusal(of: key)?.code == .utf8)
        }
        #expect(refusal(of: [UInt8(ascii: "\"")] + bytes) != nil)
    }

    @Test(
        "The first and last scalar of each length is read",
        arguments: [
            0x20, 0x7E, 0x7F, 0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xCFFF, 0xD7FF, 0xE000, 0xFFFD, 0xFFFE, 0xFFFF,
            0x10000,
            0x3FFFF, 0x40000, 0xFFFFF, 0x100000, 0x10FFFF,
        ] as [UInt32])
    func readsScalars(_ number: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(number))
        for filler in 0...9 {
            let text = String(repeating: "a", count: filler) + String(Character(scalar)) + "z"
            let value = try JSONValue(parsing: "\"\(text)\"")
            #expect(value.stringValue?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
            #expect(try JSONValue(parsing: value.serialized()) == value)
        }
    }

    @Test("Every scalar survives writing and reading")
    func roundTripsAllScalars() throws {
        for plane in UInt32(0)...0x10 {
            var text = ""
            for low in UInt32(0)...0xFFFF {
                if let scalar = Unicode.Scalar(plane << 16 | low) { text.unicodeScalars.append(scalar) }
            }
            let read = try JSONValue(parsing: JSONValue.string(text).serialized()).stringValue
            #expect(read?.unicodeScalars.elementsEqual(text.unicodeScalars) == true, "plane \(plane)")
        }
    }

    @Test("Bytes above ASCII are refused outside of strings", arguments: UInt8(0x80)...0xFF)
    func refusesBytesOutside(_ byte: UInt8) {
        #expect(refusal(of: [byte]) != nil)
        #expect(refusal(of: [UInt8(ascii: "["), byte, UInt8(ascii: "]")]) != nil)
        #expect(refusal(of: [UInt8(ascii: "1"), byte]) != nil)
    }

    // MARK: Escapes

    @Test(
        "An escape is read as its character",
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u0041\u00e9\u00E9\u20AC""#, "A\u{E9}\u{E9}\u{20AC}"),
            (#""\u0000""#, "\u{0}"),
            (#""\u001f\u007f""#, "\u{1F}\u{7F}"),
            (#""\uFEFF\u2028\uE000""#, "\u{FEFF}\u{2028}\u{E000}"),
            (#""\ud83d\ude00""#, "😀"), (#""\uD800\uDC00""#, "\u{10000}"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
            (#""a\ud83d\ude00b\ud83d\ude00""#, "a😀b😀"), (#""\\u0041""#, "\\u0041"), (#""\\\\""#, "\\\\"),
            (#""e\u0301""#, "e\u{301}"), (#""é\né""#, "é\né"),
        ])
    func readsEscapes(_ json: String, _ text: String) throws {
        #expect(try JSONValue(parsing: json) == .string(text))
        #expect(try JSONValue(parsing: "{\(json):0}").objectValue?.keys.first?.utf8.elementsEqual(text.utf8) == true)
        #expect(try JSONRow(parsing: Array("{\(json):7}".utf8))[text]?.value == 7)
    }

    @Test(
        "Half a surrogate pair reads as U+FFFD and stays as it was in the raw text",
        arguments: [
            (#""\ud800""#, "\u{FFFD}"), (#""\udbff""#, "\u{FFFD}"), (#""\udc00""#, "\u{FFFD}"),
            (#""\udfff""#, "\u{FFFD}"),
            (#""\ud800x""#, "\u{FFFD}x"), (#""\ud800\n""#, "\u{FFFD}\n"), (#""\ud800\u0041""#, "\u{FFFD}A"),
            (#""\udc00\ud800""#, "\u{FFFD}\u{FFFD}"), (#""\ud800\ud800""#, "\u{FFFD}\u{FFFD}"),
            (#""\udc00\udfff""#, "\u{FFFD}\u{FFFD}"),
            (#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"), (#""\ud83d\ude00\ude00""#, "😀\u{FFFD}"),
            (#""\ud800\\udc00""#, "\u{FFFD}\\udc00"), (#""\ud800😀""#, "\u{FFFD}😀"),
        ])
    func replacesLoneSurrogates(_ json: String, _ text: String) throws {
        #expect(try JSONValue(parsing: json) == .string(text))
        let raw = try RawJSON(parsing: Array(json.utf8))
        #expect(raw.value == .string(text))
        #expect(raw.description == json)
        #expect(raw.json == json)
    }

    @Test("A quote, a backslash, a control character and a byte above ASCII are seen at every place", arguments: 0...20)
    func scansEveryPlace(_ place: Int) throws {
        let before = String(repeating: "a", count: place)
        for after in 0...9 {
            let rest = String(repeating: "z", count: after)
            #expect(try JSONValue(parsing: "\"\(before)\"") == .string(before))
            #expect(try JSONValue(parsing: "\"\(before)\\n\(rest)\"") == .string("\(before)\n\(rest)"))
            #expect(try JSONValue(parsing: "\"\(before)é\(rest)\"") == .string("\(before)é\(rest)"))
            #expect(refusal(of: Array("\"\(before)\"\(rest)x\"".utf8))?.offset == place + 2)
            for control in UInt8(0)..<0x20 {
                let text = "\"\(before)\(Character(Unicode.Scalar(control)))\(rest)\""
                #expect(refusal(of: Array(text.utf8))?.offset == place + 1)
            }
        }
    }
}
