import SynapseModels

/// Random trees and texts, the same for the same seed.
struct RandomJSON {
    var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    // MARK: Trees

    mutating func tree(depth: Int = 0) -> JSONValue {
        switch random.below(depth > 6 ? 7 : 10) {
        case 0: .null
        case 1: .bool(random.once(in: 2))
        case 2: .integer(random.once(in: 2) ? Int64(random.below(2000)) - 1000 : Int64(bitPattern: random.next()))
        case 3: .double(double())
        case 4: .decimal(random.pick(["1e400", "-1E-400", "9223372036854775808", "0.10000000000000000001"]))
        case 5, 6: .string(string())
        case 7: .array((0..<random.below(6)).map { _ in tree(depth: depth + 1) })
        default:
            .object(
                JSONObject(
                    (0..<random.below(random.once(in: 8) ? 30 : 6)).map { _ in
                        JSONObject.Member(key: string(), value: tree(depth: depth + 1))
                    }))
        }
    }

    mutating func double() -> Double {
        while true {
            let double = random.once(in: 2) ? Double(bitPattern: random.next()) : Double(random.below(1_000_000)) / 1000
            if double.isFinite { return double }
        }
    }

    mutating func string() -> String {
        var text = ""
        for _ in 0..<random.below(random.once(in: 5) ? 40 : 8) {
            let scalar: Unicode.Scalar? =
                switch random.below(8) {
                case 0: Unicode.Scalar(UInt32(random.below(0x20)))
                case 1: random.pick(["\"", "\\", "/", "\u{301}", "e", "\u{E9}", "\u{7F}"])
                case 2: Unicode.Scalar(UInt32(random.below(0x11_0000)))
                case 3: Unicode.Scalar(UInt32(random.below(0x800)))
                default: Unicode.Scalar(UInt32(0x20 + random.below(0x5F)))
                }
            if let scalar { text.unicodeScalars.append(scalar) }
        }
        return text
    }

    // MARK: Texts

    /// A document that is mostly valid, with white space, escapes, repeated names and numbers of all shapes.
    mutating func document() -> [UInt8] {
        var bytes: [UInt8] = []
        value(into: &bytes, depth: random.once(in: 50) ? -500 - random.below(16) : 0)
        space(into: &bytes)
        return bytes
    }

    /// A document with a few bytes changed, put in, taken out or doubled.
    mutating func mutated(_ document: [UInt8]) -> [UInt8] {
        var bytes = document
        for _ in 0..<1 + random.below(3) {
            guard !bytes.isEmpty else { return bytes }
            let place = random.below(bytes.count)
            switch random.below(6) {
            case 0: bytes[place] = UInt8(random.below(256))
            case 1: bytes.insert(random.pick(Array("{}[]:,\"\\u0-+.eE \n".utf8)), at: place)
            case 2: bytes.remove(at: place)
            case 3: bytes.removeSubrange(place..<min(place + random.below(8), bytes.count))
            case 4: bytes.insert(contentsOf: bytes[place..<min(place + random.below(8), bytes.count)], at: place)
            default: bytes[place] ^= 1 << UInt8(random.below(8))
            }
        }
        return bytes
    }

    private mutating func value(into bytes: inout [UInt8], depth: Int) {
        space(into: &bytes)
        switch depth < 0 ? random.pick([0, 1]) : depth > 5 ? 2 + random.below(6) : random.below(10) {
        case 0, 8: container("[", "]", into: &bytes, depth: depth) { $0.value(into: &$1, depth: depth + 1) }
        case 1, 9:
            container("{", "}", into: &bytes, depth: depth) { random, bytes in
                random.space(into: &bytes)
                random.text(into: &bytes, isName: true)
                random.space(into: &bytes)
                bytes.append(UInt8(ascii: ":"))
                random.value(into: &bytes, depth: depth + 1)
            }
        case 2, 3, 4: bytes += Array(number().utf8)
        case 5, 6: text(into: &bytes, isName: false)
        default: bytes += Array(random.pick(["null", "true", "false", odd()]).utf8)
        }
        space(into: &bytes)
    }

    private mutating func odd() -> String {
        random.once(in: 20) ? random.pick(["NaN", "Infinity", "-Infinity", "nul", "True", "'a'", ""]) : "null"
    }

    private mutating func container(
        _ open: Character, _ close: Character, into bytes: inout [UInt8], depth: Int,
        _ child: (inout RandomJSON, inout [UInt8]) -> Void
    ) {
        bytes += Array(String(open).utf8)
        let count = depth < 0 ? 1 : random.below(random.once(in: 10) ? 20 : 5)
        for index in 0..<count {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            child(&self, &bytes)
        }
        if count == 0 { space(into: &bytes) }
        bytes += Array(String(close).utf8)
    }

    private mutating func space(into bytes: inout [UInt8]) {
        guard random.once(in: 4) else { return }
        for _ in 0..<random.below(3) { bytes.append(random.pick([0x20, 0x09, 0x0A, 0x0D])) }
    }

    private mutating func text(into bytes: inout [UInt8], isName: Bool) {
        bytes.append(UInt8(ascii: "\""))
        for _ in 0..<random.below(isName ? 3 : 12) {
            switch random.below(10) {
            case 0: bytes += Array(random.pick([#"\""#, #"\\"#, #"\/"#, #"\b"#, #"\f"#, #"\n"#, #"\r"#, #"\t"#]).utf8)
            case 1: bytes += escape(UInt16(truncatingIfNeeded: random.next()))
            case 2: bytes += escape(0xD800 | UInt16(random.below(0x800)))
            case 3: bytes += escape(0xD800 | UInt16(random.below(0x400))) + escape(0xDC00 | UInt16(random.below(0x400)))
            case 4: bytes += escape(UInt16(UInt8(ascii: "a")) + UInt16(random.below(3)))
            case 5:
                bytes += Array(random.pick(["\u{E9}", "e\u{301}", "한", "😀", "\u{7F}", "\u{FFFD}", "\u{2028}"]).utf8)
            default: bytes.append(UInt8(ascii: "a") + UInt8(random.below(isName ? 3 : 26)))
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ unit: UInt16) -> [UInt8] {
        let digits = String(unit, radix: 16, uppercase: random.once(in: 2))
        return Array("\\u".utf8) + Array(String(repeating: "0", count: 4 - digits.count).utf8) + Array(digits.utf8)
    }

    private mutating func digits(_ count: Int) -> String {
        String((0..<count).map { _ in random.pick(Array("0123456789")) })
    }

    private mutating func number() -> String {
        let sign = random.once(in: 3) ? "-" : ""
        switch random.below(9) {
        case 0:
            return sign + random.pick(["0", "9223372036854775807", "9223372036854775808", "9223372036854775809", "-1"])
        case 1: return Int64(bitPattern: random.next()).description
        case 2: return double().description
        case 3: return sign + "\(1 + random.below(9))" + digits(random.below(24))
        case 4: return sign + "\(random.below(10))." + digits(1 + random.below(24))
        case 5: return sign + "\(1 + random.below(9))" + digits(random.below(20)) + "." + digits(1 + random.below(8))
        case 6:
            let exponent = random.pick(["e", "E"]) + random.pick(["", "+", "-"]) + digits(1 + random.below(3))
            return sign + "\(random.below(10))" + random.pick(["", ".\(digits(1 + random.below(18)))"]) + exponent
        case 7: return sign + "0." + String(repeating: "0", count: random.below(30)) + digits(1 + random.below(18))
        default:
            let exponent = random.pick(["", "-"]) + digits(15 + random.below(10))
            return random.once(in: 10) ? "\(1 + random.below(9))e\(exponent)" : sign + "\(random.below(1000))"
        }
    }
}
