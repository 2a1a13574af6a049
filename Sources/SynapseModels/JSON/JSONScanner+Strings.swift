/// Checking of strings: escapes, control characters and UTF-8.
extension JSONScanner {
    /// Checks the string at the cursor (UTF-8, escapes, no bare control characters) and moves behind it.
    @inline(__always)
    mutating func skipString() throws(JSONError) -> StringSpan {
        try expect(UInt8(ascii: "\""), "a string")
        let start = position
        // Most strings are short and plain: one look at 16 bytes finds their end.
        if start + 16 <= end {
            let count = plainCount(start)
            position += count
            if count < 16, byte(position) == UInt8(ascii: "\"") {
                position += 1
                return StringSpan(start: start, end: position - 1, hasEscapes: false)
            }
        }
        return try skipRest(from: start)
    }

    /// Goes on with a string that began at `start`; what is before the cursor is checked.
    private mutating func skipRest(from start: Int) throws(JSONError) -> StringSpan {
        var hasEscapes = false
        while true {
            while position + 16 <= end {
                let count = plainCount(position)
                position += count
                if count < 16 { break }
            }
            guard position < end else { throw failure(.syntax, "The document ends inside a string.") }
            let next = byte(position)
            switch next {
            case UInt8(ascii: "\""):
                let span = StringSpan(start: start, end: position, hasEscapes: hasEscapes)
                position += 1
                return span
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try skipEscape()
            case 0..<0x20:
                throw failure(.syntax, "A control character stands bare inside a string.")
            case 0x80...:
                try skipMultibyte(next)
            default:
                position += 1
            }
        }
    }

    /// How many of the 16 bytes at `index` come before the first that needs a closer look.
    @inline(__always)
    private func plainCount(_ index: Int) -> Int {
        let first = Self.suspicious(word(index))
        if first != 0 { return first.trailingZeroBitCount / 8 }
        return 8 + Self.suspicious(word(index + 8)).trailingZeroBitCount / 8
    }

    /// The high bit of each byte that is a quote, a backslash, a control character or not ASCII; exact for the first of
    /// them in memory, which is the lowest.
    ///
    /// A borrow out of a byte that is found may mark the ones above it.
    @inline(__always)
    private static func suspicious(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        // Bytes above 0x7F are marked by the last term, so that the others need not be right about them.
        return ((quote &- ones) | (backslash &- ones) | (word &- (ones &* 0x20)) | word) & highs
    }

    private mutating func skipEscape() throws(JSONError) {
        guard position + 1 < end else { throw failure(.syntax, "The document ends inside an escape.") }
        switch byte(position + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            guard position + 6 <= end, hexadecimal(at: position + 2) != nil else {
                throw failure(.syntax, "'\\u' needs four hexadecimal digits.")
            }
            position += 6
        default:
            throw failure(.syntax, "An unknown escape stands in a string.")
        }
    }

    /// The value of four hexadecimal digits.
    func hexadecimal(at index: Int) -> UInt32? {
        var value: UInt32 = 0
        for offset in 0..<4 {
            let digit = byte(index + offset)
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(digit &- UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(digit &- UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(digit &- UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return value
    }

    /// Checks one sequence of two to four bytes by the table of well-formed UTF-8 (Unicode 15, table 3-7).
    private mutating func skipMultibyte(_ first: UInt8) throws(JSONError) {
        let second: ClosedRange<UInt8>
        let count: Int
        switch first {
        case 0xC2...0xDF: (second, count) = (0x80...0xBF, 2)
        case 0xE0: (second, count) = (0xA0...0xBF, 3)
        case 0xED: (second, count) = (0x80...0x9F, 3)
        case 0xE1...0xEF: (second, count) = (0x80...0xBF, 3)
        case 0xF0: (second, count) = (0x90...0xBF, 4)
        case 0xF1...0xF3: (second, count) = (0x80...0xBF, 4)
        case 0xF4: (second, count) = (0x80...0x8F, 4)
        default: throw failure(.utf8, "The bytes are not UTF-8.")
        }
        guard position + count <= end, second.contains(byte(position + 1)) else {
            throw failure(.utf8, "The bytes are not UTF-8.")
        }
        for index in 2..<max(count, 2) where byte(position + index) & 0xC0 != 0x80 {
            throw failure(.utf8, "The bytes are not UTF-8.")
        }
        position += count
    }
}
