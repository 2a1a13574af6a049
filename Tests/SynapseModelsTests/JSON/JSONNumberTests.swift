import SynapseModels
import Testing

@Suite struct JSONNumberTests {
    @Test(
        "An integer of 64 bits is exact, a longer one keeps its digits",
        arguments: [
            ("0", .integer(0)), ("-0", .integer(0)), ("1", .integer(1)), ("-1", .integer(-1)), ("10", .integer(10)),
            ("9007199254740993", .integer(9_007_199_254_740_993)),
            ("999999999999999999", .integer(999_999_999_999_999_999)),
            ("1000000000000000000", .integer(1_000_000_000_000_000_000)),
            ("9223372036854775806", .integer(.max - 1)),
            ("9223372036854775807", .integer(.max)),
            ("9223372036854775808", .decimal("9223372036854775808")),
            ("-9223372036854775807", .integer(.min + 1)),
            ("-9223372036854775808", .integer(.min)),
            ("-9223372036854775809", .decimal("-9223372036854775809")),
            ("18446744073709551615", .decimal("18446744073709551615")),
            ("18446744073709551616", .decimal("18446744073709551616")),
            ("100000000000000000000", .decimal("100000000000000000000")),
        ] as [(String, JSONValue)])
    func readsIntegers(_ text: String, _ value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
        #expect(try JSONValue(parsing: "[\(text)]")[0] == value)
    }

    @Test("A hundred thousand digits are read as their text")
    func keepsLongNumbers() throws {
        let integer = String(repeating: "7", count: 100_000)
        #expect(try JSONValue(parsing: integer) == .decimal(integer))
        let decimal = "0." + integer
        #expect(try JSONValue(parsing: decimal) == .decimal(decimal))
        #expect(try JSONValue(parsing: "1e" + integer) == .decimal("1e" + integer))
        #expect(try JSONValue(parsing: "-1.5E-" + integer) == .decimal("-1.5E-" + integer))
    }

    @Test(
        "A decimal is a double when the double spells the same number",
        arguments: [
            ("0.0", 0x0000_0000_0000_0000), ("-0.0", 0x8000_0000_0000_0000), ("0e0", 0),
            ("-0e0", 0x8000_0000_0000_0000),
            ("0.000e-999999999999", 0), ("-0e99999999999999999999", 0x8000_0000_0000_0000),
            ("0.1", 0x3FB9_9999_9999_999A), ("1.0", 0x3FF0_0000_0000_0000), ("-1.0", 0xBFF0_0000_0000_0000),
            ("1e0", 0x3FF0_0000_0000_0000), ("1E0", 0x3FF0_0000_0000_0000), ("1e+0", 0x3FF0_0000_0000_0000),
            ("1e-0", 0x3FF0_0000_0000_0000), ("1e5", 0x40F8_6A00_0000_0000), ("1e05", 0x40F8_6A00_0000_0000),
            ("0.30000000000000004", 0x3FD3_3333_3333_3334), ("1e22", 0x4480_F0CF_064D_D592),
            ("1e23", 0x44B5_2D02_C7E1_4AF6), ("9007199254740993e0", nil), ("123456789012345678.0", nil),
            ("1234567890123456.0", 0x4311_8B54_F22A_EB00),
            ("1.7976931348623157e308", 0x7FEF_FFFF_FFFF_FFFF), ("-1.7976931348623157E+308", 0xFFEF_FFFF_FFFF_FFFF),
            ("2.2250738585072014e-308", 0x0010_0000_0000_0000), ("2.225073858507201e-308", 0x000F_FFFF_FFFF_FFFF),
            ("5e-324", 1), ("-5e-324", 0x8000_0000_0000_0001), ("4.9e-324", nil), ("1e-323", 2), ("1.5e-323", 3),
            ("3e-324", nil), ("2e-324", nil), ("1e-400", nil), ("1E400", nil), ("-1e400", nil), ("1.8e308", nil),
            // A hair above the middle between two doubles.
            ("158776103474526e-24", 0x3DE5_D270_003A_17D1),
            ("339640657982473e-27", 0x3D57_E66C_12DE_7A71),
            ("764113535838003e-23", 0x3E40_68C2_32D2_4DFF),
            ("0.10000000000000000001", nil), ("1.00000000000000000000001", nil), ("10000000000000000000.01", nil),
            ("0.1000000000000000055511151231257827", nil), ("0.10000000000000000000000000", 0x3FB9_9999_9999_999A),
            ("1.00000000000000000000000000000", 0x3FF0_0000_0000_0000),
            ("100000000000000000000000.0", 0x44B5_2D02_C7E1_4AF6),
            ("100000000000000000000.0", 0x4415_AF1D_78B5_8C40), ("3.141592653589793", 0x4009_21FB_5444_2D18),
            ("3.1415926535897932", nil), ("3.1415926535897931", nil), ("3.14159265358979", 0x4009_21FB_5444_2D11),
            ("1.5e-9223372036854775808", nil), ("1.5e9223372036854775807", nil), ("10.5e9223372036854775807", nil),
            ("0.00000000000000000000000000000000000000001", 0x376B_E03D_0BF2_25C7),
        ] as [(String, UInt64?)])
    func readsDecimals(_ text: String, _ bits: UInt64?) throws {
        let value = try JSONValue(parsing: text)
        guard let bits else {
            #expect(value == .decimal(text))
            return
        }
        guard case .double(let double) = value else {
            Issue.record("\(text) was read as \(value)")
            return
        }
        #expect(double.bitPattern == bits)
    }

    @Test("A decimal never turns into an integer")
    func keepsDecimalsApart() throws {
        let value = try JSONValue(parsing: "[1,1.0,1e0]")
        #expect(value == [1, 1.0, 1.0])
        #expect(value[0] != value[1])
        #expect(value[1]?.integerValue == nil)
        #expect(value[0]?.doubleValue == 1)
        #expect(value.description == "[1,1.0,1.0]")
    }

    @Test("A number that is kept as text still answers as the nearest double")
    func approximatesDecimals() throws {
        #expect(try JSONValue(parsing: "9223372036854775808").doubleValue == 9_223_372_036_854_775_808)
        #expect(try JSONValue(parsing: "3.1415926535897932").doubleValue == .pi)
        #expect(try JSONValue(parsing: "1e400").doubleValue == .infinity)
        #expect(try JSONValue(parsing: "-1e-400").doubleValue == 0)
    }

    @Test("Every double comes back with the same bits")
    func roundTripsDoubles() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<20_000 {
            let double = Double(bitPattern: random.next())
            guard double.isFinite else { continue }
            let value = try JSONValue(parsing: JSONValue.double(double).serialized())
            guard case .double(let read) = value else {
                Issue.record("\(double) was read as \(value)")
                return
            }
            #expect(read.bitPattern == double.bitPattern)
        }
    }

    // MARK: Typed reading

    @Test(
        "A typed integer takes what is one",
        arguments: [
            ("3", 3), ("-0", 0), ("3.0", 3), ("3e2", 300), ("9223372036854775807", .max), ("3.5", nil), ("1e300", nil),
            ("9223372036854775808", nil), ("\"3\"", nil), ("true", nil), ("null", nil), ("[3]", nil), ("{}", nil),
        ] as [(String, Int?)])
    func readsTypedIntegers(_ text: String, _ expected: Int?) throws {
        let raw = try RawJSON(parsing: Array(text.utf8))
        if let expected {
            #expect(try Int(reading: raw) == expected)
            #expect(try Int64(reading: raw) == Int64(expected))
        } else {
            #expect(throws: JSONError.self) { try Int(reading: raw) }
            #expect(throws: JSONError.self) { try Int64(reading: raw) }
        }
    }

    @Test("A typed double takes every number")
    func readsTypedDoubles() throws {
        #expect(try Double(json: "3") == 3)
        #expect(try Double(reading: try RawJSON(parsing: Array("3.1415926535897932".utf8))) == .pi)
        #expect(throws: JSONError.self) { try Double(reading: try RawJSON(parsing: Array("\"3\"".utf8))) }
        #expect(throws: JSONError.self) { try Double(reading: .null) }
    }
}
