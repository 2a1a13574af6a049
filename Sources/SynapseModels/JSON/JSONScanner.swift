/// A validating cursor over JSON bytes: it finds where values end and checks every byte on the way.
///
/// The pointer is only valid inside the `withUnsafeBufferPointer` call that made the scanner; no scanner leaves one.
/// Every read is guarded by `end`, which is why the struct counts as `@safe`.
@safe
struct JSONScanner {
    private let base: UnsafePointer<UInt8>
    let end: Int
    let maximumDepth: Int
    var position: Int

    /// Where a string lies between its quotes, and what reading it takes.
    struct StringSpan {
        var start: Int
        var end: Int
        var hasEscapes: Bool
    }

    /// Runs `body` with a scanner over `bytes[range]`; offsets in it are offsets in `bytes`.
    static func scan<Result>(
        _ bytes: [UInt8],
        _ range: Range<Int>,
        maximumDepth: Int,
        _ body: (inout JSONScanner) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        // `withUnsafeBufferPointer` rethrows untyped, so the typed error travels as a value.
        let outcome = unsafe bytes.withUnsafeBufferPointer { buffer -> Swift.Result<Result, JSONError> in
            guard let base = buffer.baseAddress else {
                return .failure(JSONError(.syntax, "The document is empty, JSON was expected.", offset: 0))
            }
            var scanner = unsafe JSONScanner(
                base: base, end: range.upperBound, maximumDepth: maximumDepth, position: range.lowerBound)
            do throws(JSONError) {
                return .success(try body(&scanner))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    @inline(__always)
    func byte(_ index: Int) -> UInt8 {
        unsafe base[index]
    }

    @inline(__always)
    func word(_ index: Int) -> UInt64 {
        unsafe UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
    }

    /// The text of validated bytes without escapes.
    @inline(__always)
    func text(_ start: Int, _ end: Int) -> String {
        unsafe String(decoding: UnsafeBufferPointer(start: base + start, count: end - start), as: UTF8.self)
    }

    func failure(_ code: JSONError.Code, _ message: String) -> JSONError {
        JSONError(code, message, offset: position)
    }

    @inline(__always)
    mutating func skipWhitespace() {
        // Most JSON is compact: one comparison is all that costs then.
        while position < end, byte(position) <= 0x20 {
            switch byte(position) {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// Fails unless only white space is left.
    mutating func expectEnd() throws(JSONError) {
        skipWhitespace()
        if position < end { throw failure(.syntax, "There is text after the end of the JSON value.") }
    }

    /// Takes `expected` or fails.
    @inline(__always)
    mutating func expect(_ expected: UInt8, _ what: StaticString) throws(JSONError) {
        guard position < end, byte(position) == expected else { throw failure(.syntax, "Expected \(what).") }
        position += 1
    }

    /// Takes `candidate` if it is next.
    @inline(__always)
    mutating func take(_ candidate: UInt8) -> Bool {
        guard position < end, byte(position) == candidate else { return false }
        position += 1
        return true
    }

    // MARK: Values

    /// Checks one value and moves behind it.
    ///
    /// `depth` is how many containers are open around it.
    mutating func skipValue(depth: Int) throws(JSONError) {
        skipWhitespace()
        guard position < end else { throw failure(.syntax, "The document ends where a value was expected.") }
        switch byte(position) {
        case UInt8(ascii: "\""): _ = try skipString()
        case UInt8(ascii: "{"): try skipObject(depth: depth + 1)
        case UInt8(ascii: "["): try skipArray(depth: depth + 1)
        case UInt8(ascii: "t"): try skipLiteral(.true)
        case UInt8(ascii: "f"): try skipLiteral(.false)
        case UInt8(ascii: "n"): try skipLiteral(.null)
        default: _ = try skipNumber()
        }
    }

    private mutating func skipObject(depth: Int) throws(JSONError) {
        try open(depth)
        if take(UInt8(ascii: "}")) { return }
        repeat {
            _ = try memberName()
            try skipValue(depth: depth)
        } while try !isAtEnd(of: UInt8(ascii: "}"), "',' or '}' in an object")
    }

    private mutating func skipArray(depth: Int) throws(JSONError) {
        try open(depth)
        if take(UInt8(ascii: "]")) { return }
        repeat {
            try skipValue(depth: depth)
        } while try !isAtEnd(of: UInt8(ascii: "]"), "',' or ']' in an array")
    }

    // MARK: Containers

    /// Takes the bracket at the cursor and the white space behind it.
    @inline(__always)
    mutating func open(_ depth: Int) throws(JSONError) {
        if depth > maximumDepth {
            throw failure(.depth, "The document is nested deeper than \(maximumDepth) levels.")
        }
        position += 1
        skipWhitespace()
    }

    /// Takes a member's name, the colon and the white space around them.
    @inline(__always)
    mutating func memberName() throws(JSONError) -> StringSpan {
        skipWhitespace()
        let key = try skipString()
        skipWhitespace()
        try expect(UInt8(ascii: ":"), "':' after a member's name")
        skipWhitespace()
        return key
    }

    /// Takes the comma before the next child, or the closing bracket.
    @inline(__always)
    mutating func isAtEnd(of bracket: UInt8, _ what: StaticString) throws(JSONError) -> Bool {
        skipWhitespace()
        if take(UInt8(ascii: ",")) { return false }
        try expect(bracket, what)
        return true
    }

    /// Checks the object at the cursor and notes where its members are.
    mutating func indexObject(depth: Int) throws(JSONError) -> [JSONRow.Member] {
        var members: [JSONRow.Member] = []
        try open(depth)
        if take(UInt8(ascii: "}")) { return members }
        members.reserveCapacity(16)
        repeat {
            let key = try memberName()
            let start = position
            try skipValue(depth: depth)
            members.append(JSONRow.Member(key: key, value: start..<position))
        } while try !isAtEnd(of: UInt8(ascii: "}"), "',' or '}' in an object")
        return members
    }

    // MARK: Scalars

    /// Takes one of the three words of JSON, or fails.
    @inline(__always)
    mutating func skipLiteral(_ literal: Literal) throws(JSONError) {
        if position &+ 8 <= end, word(position) & literal.mask == literal.word {
            position += literal.byteCount
        } else {
            try skipLastLiteral(literal)
        }
    }

    /// The same, byte by byte: less than a word is left, or it is another text.
    private mutating func skipLastLiteral(_ literal: Literal) throws(JSONError) {
        for offset in 0..<literal.byteCount {
            guard position + offset < end,
                byte(position + offset) == UInt8(truncatingIfNeeded: literal.word >> UInt64(8 * offset))
            else { throw failure(.syntax, "Expected '\(literal.text)'.") }
        }
        position += literal.byteCount
    }

    /// A word of JSON as it stands in memory, its first byte the lowest.
    struct Literal {
        let text: StaticString
        let word: UInt64
        let byteCount: Int

        var mask: UInt64 { 1 << UInt64(8 * byteCount) &- 1 }

        static var `true`: Self { Self(text: "true", word: 0x6575_7274, byteCount: 4) }
        static var `false`: Self { Self(text: "false", word: 0x65_736C_6166, byteCount: 5) }
        static var null: Self { Self(text: "null", word: 0x6C6C_756E, byteCount: 4) }
    }

    // MARK: Numbers

    /// Checks the number at the cursor and moves behind it; tells whether it is written as an integer.
    @inline(__always)
    mutating func skipNumber() throws(JSONError) -> Bool {
        if let isInteger = skipShortNumber() { return isInteger }
        return try skipAnyNumber()
    }

    /// Takes a number of up to seven digits before the point and as many behind it, without exponent: most are such.
    @inline(__always)
    private mutating func skipShortNumber() -> Bool? {
        guard position + 24 <= end else { return nil }
        var index = position
        if byte(index) == UInt8(ascii: "-") { index += 1 }
        let count = Self.leadingDigitCount(word(index))
        guard (1...7).contains(count), count == 1 || byte(index) != UInt8(ascii: "0") else { return nil }
        index += count
        var isInteger = true
        if byte(index) == UInt8(ascii: ".") {
            let places = Self.leadingDigitCount(word(index + 1))
            guard (1...7).contains(places) else { return nil }
            index += 1 + places
            isInteger = false
        }
        guard byte(index) | 0x20 != UInt8(ascii: "e") else { return nil }
        position = index
        return isInteger
    }

    private mutating func skipAnyNumber() throws(JSONError) -> Bool {
        _ = take(UInt8(ascii: "-"))
        guard position < end, isDigit(position) else { throw failure(.syntax, "Expected a JSON value.") }
        if byte(position) == UInt8(ascii: "0") {
            position += 1
            if position < end, isDigit(position) { throw failure(.syntax, "A number starts with a needless zero.") }
        } else {
            skipDigits()
        }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            guard position < end, isDigit(position) else { throw failure(.syntax, "A digit must follow '.'.") }
            skipDigits()
        }
        if position < end, byte(position) | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard position < end, isDigit(position) else { throw failure(.syntax, "A digit must follow the exponent.") }
            skipDigits()
        }
        return isInteger
    }

    @inline(__always)
    private func isDigit(_ index: Int) -> Bool {
        byte(index) &- UInt8(ascii: "0") <= 9
    }

    @inline(__always)
    private mutating func skipDigits() {
        while position + 8 <= end {
            let count = Self.leadingDigitCount(word(position))
            position += count
            if count < 8 { return }
        }
        while position < end, isDigit(position) { position += 1 }
    }

    /// How many bytes from the first in memory, the lowest, are decimal digits.
    ///
    /// A sum that runs over into the next byte comes from a byte that is no digit: what is above it does not count.
    @inline(__always)
    static func leadingDigitCount(_ word: UInt64) -> Int {
        let values = word ^ 0x3030_3030_3030_3030
        let others = ((values &+ 0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080
        return others.trailingZeroBitCount / 8
    }
}
