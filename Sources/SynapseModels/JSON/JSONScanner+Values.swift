/// Reading of scalar values out of bytes that the scanner has checked.
extension JSONScanner {
    /// The text of a checked string.
    ///
    /// A `\u` escape of half a surrogate pair has no character; it reads as U+FFFD. The raw bytes keep it.
    func string(_ span: StringSpan) -> String {
        span.hasEscapes ? unescaped(span) : text(span.start, span.end)
    }

    /// One bit of 64 for a name, the same for the same name: names with different bits differ, and need no comparing.
    @inline(__always)
    func mark(of name: StringSpan) -> UInt64 {
        guard !name.hasEscapes else { return .max }
        let count = name.end - name.start
        guard count > 0 else { return 1 }
        let ends = Int(byte(name.start)) &* 7 &+ Int(byte(name.end - 1)) &* 31
        return 1 << UInt64((ends &+ Int(byte(name.start + count / 2)) &* 13 &+ count) & 63)
    }

    private func unescaped(_ span: StringSpan) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(span.end - span.start)
        var index = span.start
        while index < span.end {
            let next = byte(index)
            guard next == UInt8(ascii: "\\") else {
                result.append(next)
                index += 1
                continue
            }
            let kind = byte(index + 1)
            index += 2
            switch kind {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                let scalar = escapedScalar(at: &index, before: span.end)
                result.append(contentsOf: String(Character(scalar)).utf8)
            default: result.append(kind)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Reads the four digits at `index`, and the second half of a surrogate pair if it follows.
    private func escapedScalar(at index: inout Int, before end: Int) -> Unicode.Scalar {
        let replacement: Unicode.Scalar = "\u{FFFD}"
        guard let first = hexadecimal(at: index) else { return replacement }
        index += 4
        guard (0xD800...0xDFFF).contains(first) else { return Unicode.Scalar(first) ?? replacement }
        guard first < 0xDC00, index + 6 <= end, byte(index) == UInt8(ascii: "\\"),
            byte(index + 1) == UInt8(ascii: "u"), let second = hexadecimal(at: index + 2),
            (0xDC00...0xDFFF).contains(second)
        else { return replacement }
        index += 6
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? replacement
    }

    /// The value of the checked number between `start` and `end`.
    ///
    /// Integers of 64 bits are integers. A decimal is a double when the double writes back as the same number;
    /// what neither can hold keeps its text.
    func number(_ start: Int, _ end: Int, isInteger: Bool) -> JSONValue {
        shortNumber(start, end, isInteger: isInteger) ?? longNumber(start, end, isInteger: isInteger)
    }

    /// A number of up to eight digits before the point and as many behind it, without exponent: two words are read.
    @inline(__always)
    private func shortNumber(_ start: Int, _ end: Int, isInteger: Bool) -> JSONValue? {
        guard start + 24 <= self.end else { return nil }
        let isNegative = byte(start) == UInt8(ascii: "-")
        let first = isNegative ? start + 1 : start
        let (whole, wholeCount) = Self.digits(word(first))
        let point = first + wholeCount
        if isInteger {
            guard point == end else { return nil }
            return .integer(isNegative ? -Int64(whole) : Int64(whole))
        }
        guard byte(point) == UInt8(ascii: ".") else { return nil }
        let (part, places) = Self.digits(word(point + 1))
        guard point + 1 + places == end else { return nil }
        // Up to 15 digits are exact, and so is a power of ten: one division gives the nearest double.
        let mantissa = Double(whole) * Self.powersOfTen[places] + Double(part)
        guard mantissa < 1e15 else { return nil }
        let magnitude = mantissa / Self.powersOfTen[places]
        return .double(isNegative ? -magnitude : magnitude)
    }

    /// The number that up to eight digits spell, and how many there are.
    @inline(__always)
    private static func digits(_ word: UInt64) -> (value: UInt64, count: Int) {
        let count = leadingDigitCount(word)
        guard count > 0 else { return (0, 0) }
        return (eightDigits(word << UInt64(64 - 8 * count)), count)
    }

    private func longNumber(_ start: Int, _ end: Int, isInteger: Bool) -> JSONValue {
        var index = start
        let isNegative = byte(index) == UInt8(ascii: "-")
        if isNegative { index += 1 }
        // Digits are gathered as mantissa × 10^exponent; leading zeros do not count towards the 19 that fit.
        var mantissa: UInt64 = 0
        var digits = 0
        var exponent = 0
        var isBehindPoint = false
        var isTooLong = false
        while index < end {
            if digits > 0, digits <= 11, index + 8 <= end, Self.leadingDigitCount(word(index)) == 8 {
                mantissa = mantissa * 100_000_000 + Self.eightDigits(word(index))
                digits += 8
                if isBehindPoint { exponent -= 8 }
                index += 8
                continue
            }
            let next = byte(index)
            let digit = next &- UInt8(ascii: "0")
            if digit <= 9 {
                if digits < 19 {
                    if digits > 0 || digit > 0 { digits += 1 }
                    mantissa = mantissa &* 10 &+ UInt64(digit)
                } else {
                    // Behind the digits that fit, a zero moves the exponent; no double spells any other.
                    if digit > 0 { isTooLong = true }
                    exponent += 1
                }
                if isBehindPoint { exponent -= 1 }
            } else if next == UInt8(ascii: ".") {
                isBehindPoint = true
            } else {
                break
            }
            index += 1
        }
        if isInteger {
            if digits < 19 {
                let value = Int64(mantissa)
                return .integer(isNegative ? -value : value)
            }
            return Int64(text(start, end)).map { .integer($0) } ?? .decimal(text(start, end))
        }
        if mantissa == 0 { return .double(isNegative ? -0.0 : 0.0) }
        if isTooLong { return .decimal(text(start, end)) }
        if index < end { exponent += writtenExponent(index + 1, end) }
        let isShort = digits <= 15
        let magnitude: Double
        if isShort, (-22...22).contains(exponent) {
            // Both operands are exact doubles, so one correctly rounded operation gives the nearest double.
            magnitude =
                exponent < 0
                ? Double(mantissa) / Self.powersOfTen[-exponent] : Double(mantissa) * Self.powersOfTen[exponent]
            return .double(isNegative ? -magnitude : magnitude)
        }
        if exponent < 0, exponent > -Self.powersOfFive.count {
            magnitude = Self.quotient(mantissa, places: -exponent)
        } else {
            magnitude = (Double(text(start, end)) ?? .infinity).magnitude
        }
        guard magnitude.isFinite, magnitude > 0,
            isShort && magnitude.isNormal || Self.spells(magnitude, mantissa, exponent)
        else { return .decimal(text(start, end)) }
        return .double(isNegative ? -magnitude : magnitude)
    }

    /// The number that eight digits spell, the first of them in the lowest byte: pairs, then fours, then all eight.
    @inline(__always)
    private static func eightDigits(_ word: UInt64) -> UInt64 {
        let ones = word & 0x0F0F_0F0F_0F0F_0F0F
        let pairs = (ones &* 10 &+ ones >> 8) & 0x00FF_00FF_00FF_00FF
        let fours = (pairs &* 100 &+ pairs >> 16) & 0x0000_FFFF_0000_FFFF
        return (fours &* 10_000 &+ fours >> 32) & 0xFFFF_FFFF
    }

    /// The exponent between `start` and `end`, held within what no double reaches.
    private func writtenExponent(_ start: Int, _ end: Int) -> Int {
        var index = start
        let isNegative = byte(index) == UInt8(ascii: "-")
        if isNegative || byte(index) == UInt8(ascii: "+") { index += 1 }
        var value = 0
        while index < end {
            value = min(value * 10 + Int(byte(index) &- UInt8(ascii: "0")), 1 << 40)
            index += 1
        }
        return isNegative ? -value : value
    }

    /// The double nearest to `mantissa` ÷ 10^`places`, exactly rounded.
    ///
    /// The quotient is taken to 63 bits or more, of which a double keeps 53; a remainder goes into the lowest bit, where
    /// all it does is to tell a half from more than a half.
    private static func quotient(_ mantissa: UInt64, places: Int) -> Double {
        let divisor = powersOfFive[places]
        let (up, down) = (mantissa.leadingZeroBitCount, divisor.leadingZeroBitCount)
        let dividend = mantissa << UInt64(up)
        let (quotient, remainder) = (divisor << UInt64(down)).dividingFullWidth((dividend >> 1, dividend << 63))
        let powerOfTwo = Double(bitPattern: UInt64(1023 + down - up - 63 - places) << 52)
        return Double(quotient | (remainder == 0 ? 0 : 1)) * powerOfTwo
    }

    /// Whether the shortest text of a double, as it would be written, is the number `mantissa` × 10^`exponent`.
    private static func spells(_ magnitude: Double, _ mantissa: UInt64, _ exponent: Int) -> Bool {
        var shortest: (mantissa: UInt64, exponent: Int) = (0, 0)
        var isBehindPoint = false
        var text = magnitude.description
        text.withUTF8 { text in
            for index in text.indices {
                let next = unsafe text[index]
                if next == UInt8(ascii: "e") {
                    shortest.exponent += unsafe Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
                    break
                } else if next == UInt8(ascii: ".") {
                    isBehindPoint = true
                } else {
                    shortest.mantissa = shortest.mantissa &* 10 &+ UInt64(next &- UInt8(ascii: "0"))
                    if isBehindPoint { shortest.exponent -= 1 }
                }
            }
        }
        return normalized(shortest.mantissa, shortest.exponent) == normalized(mantissa, exponent)
    }

    private static func normalized(_ mantissa: UInt64, _ exponent: Int) -> (mantissa: UInt64, exponent: Int) {
        var (mantissa, exponent) = (mantissa, exponent)
        while mantissa != 0, mantissa.isMultiple(of: 10) {
            mantissa /= 10
            exponent += 1
        }
        return (mantissa, exponent)
    }

    /// 5⁰ … 5²⁷, all that fit 64 bits.
    private static let powersOfFive: [UInt64] = (0...27).map { places in
        (0..<places).reduce(1) { power, _ in power * 5 }
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
