/// Writes compact JSON into one buffer.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.object {
///     $0.member("id", 3)
///     $0.memberIfPresent("name", name)
/// }
/// ```
public struct JSONWriter: Sendable {
    /// What was written.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false
    /// The object as it was received, when the one that is open is written again.
    private var received: JSONRow?

    /// Makes a writer with room for a number of bytes.
    public init(reservingCapacity capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Writes an object; `body` writes its members.
    ///
    /// - Parameters:
    ///   - received: The object as it was received, if it was: a member that was `null` there and is `nil` is `null`
    ///     again.
    ///   - body: Writes the members.
    public mutating func object(again received: JSONRow? = nil, _ body: (inout JSONWriter) -> Void) {
        container(UInt8(ascii: "{"), UInt8(ascii: "}"), received, body)
    }

    /// Writes an array; `body` writes its elements.
    public mutating func array(_ body: (inout JSONWriter) -> Void) {
        container(UInt8(ascii: "["), UInt8(ascii: "]"), nil, body)
    }

    /// Writes a member of the object that is open.
    public mutating func member(_ key: String, _ value: some JSONWritable) {
        name(key)
        value.write(to: &self)
        needsComma = true
    }

    /// Writes a member unless the value is `nil`; then it is `null` where it was received so, and else left out.
    public mutating func memberIfPresent(_ key: String, _ value: (some JSONWritable)?) {
        if let value {
            member(key, value)
        } else if let old = received?[key], old.isNull {
            member(key, old)
        }
    }

    /// Writes a member whose value `body` writes.
    public mutating func member(_ key: String, _ body: (inout JSONWriter) -> Void) {
        name(key)
        body(&self)
        needsComma = true
    }

    /// Writes an element of the array that is open.
    public mutating func element(_ value: some JSONWritable) {
        comma()
        value.write(to: &self)
        needsComma = true
    }

    /// Writes an element of the array that is open; `body` writes its value.
    public mutating func element(_ body: (inout JSONWriter) -> Void) {
        comma()
        body(&self)
        needsComma = true
    }

    /// Writes a value that is JSON already.
    public mutating func write(raw: RawJSON) {
        comma()
        defer { needsComma = true }
        bytes.append(contentsOf: raw.storage[raw.range])
    }

    mutating func write(literal: StaticString) {
        unsafe bytes.append(
            contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    mutating func write(integer: Int64) {
        if (0...9).contains(integer) {
            bytes.append(UInt8(ascii: "0") + UInt8(integer))
        } else {
            bytes.append(contentsOf: integer.description.utf8)
        }
    }

    mutating func write(double: Double) {
        if double.isFinite { bytes.append(contentsOf: double.description.utf8) } else { write(literal: "null") }
    }

    /// Writes a number's text; a text that is no JSON number goes as a string, so that the document stays JSON.
    mutating func write(decimal: String) {
        let isNumber = (try? JSONValue(parsing: decimal).doubleValue) != nil
        if isNumber { bytes.append(contentsOf: decimal.utf8) } else { write(string: decimal) }
    }

    mutating func write(string: String) {
        bytes.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { text in
            var start = 0
            for index in 0..<text.count {
                let next = unsafe text[index]
                guard next < 0x20 || next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\") else { continue }
                unsafe bytes.append(contentsOf: text[start..<index])
                writeEscape(next)
                start = index + 1
            }
            unsafe bytes.append(contentsOf: text[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func writeEscape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): write(literal: #"\""#)
        case UInt8(ascii: "\\"): write(literal: #"\\"#)
        case 0x08: write(literal: #"\b"#)
        case 0x09: write(literal: #"\t"#)
        case 0x0A: write(literal: #"\n"#)
        case 0x0C: write(literal: #"\f"#)
        case 0x0D: write(literal: #"\r"#)
        default:
            let digits = Array("0123456789abcdef".utf8)
            write(literal: #"\u00"#)
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }

    private mutating func container(
        _ open: UInt8, _ close: UInt8, _ inner: JSONRow?, _ body: (inout JSONWriter) -> Void
    ) {
        comma()
        let outer = received
        received = inner
        bytes.append(open)
        body(&self)
        bytes.append(close)
        received = outer
        needsComma = true
    }

    private mutating func name(_ key: String) {
        comma()
        write(string: key)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }
}
