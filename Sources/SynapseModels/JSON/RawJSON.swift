/// One valid JSON value, kept as the bytes that came and read when asked.
///
/// A value out of a page shares the page's bytes: holding one row holds the page. ``detached()`` copies it out.
public struct RawJSON: Sendable {
    let storage: [UInt8]
    let range: Range<Int>

    /// Takes one JSON document, checked.
    ///
    /// - Throws: ``JSONError`` with the byte offset of the first problem.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        try limits.check(byteCount: bytes.count)
        range = try JSONScanner.scan(bytes, 0..<bytes.count, maximumDepth: limits.maximumDepth) {
            (scanner: inout JSONScanner) throws(JSONError) in
            scanner.skipWhitespace()
            let start = scanner.position
            try scanner.skipValue(depth: 0)
            let end = scanner.position
            try scanner.expectEnd()
            return start..<end
        }
        storage = bytes
    }

    /// Writes a tree.
    public init(_ value: JSONValue) {
        self.init(trusted: value.serialized())
    }

    /// Takes bytes that are known to be one JSON value without white space around it, such as text of our own database.
    ///
    /// Bytes that are not JSON read as `null`.
    public init(trusted bytes: [UInt8]) {
        storage = bytes
        range = 0..<bytes.count
    }

    init(storage: [UInt8], range: Range<Int>) {
        self.storage = storage
        self.range = range
    }

    /// `null`.
    public static let null = RawJSON(.null)

    /// How many bytes the text has.
    public var byteCount: Int { range.count }

    /// A copy of the text.
    public var bytes: [UInt8] { Array(storage[range]) }

    /// The same value with bytes of its own.
    public func detached() -> RawJSON {
        range.count == storage.count ? self : RawJSON(trusted: bytes)
    }

    /// Runs `body` over the text without copying it.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try unsafe storage.withUnsafeBytes { buffer in
            try unsafe body(UnsafeRawBufferPointer(rebasing: buffer[range]))
        }
    }

    /// Whether it is `null`.
    public var isNull: Bool { firstByte == UInt8(ascii: "n") }

    /// Whether it is an object.
    public var isObject: Bool { firstByte == UInt8(ascii: "{") }

    /// Whether it is an array.
    public var isArray: Bool { firstByte == UInt8(ascii: "[") }

    /// Whether it begins as a number does; asked first, so that no tree is built only to be refused.
    var isNumber: Bool {
        firstByte == UInt8(ascii: "-") || firstByte &- UInt8(ascii: "0") <= 9
    }

    /// The value as a tree.
    ///
    /// A part that is asked for often is worth keeping: each call reads the text again.
    public var value: JSONValue {
        let tree = try? JSONScanner.scan(storage, range, maximumDepth: JSONLimits.deepest) {
            (scanner: inout JSONScanner) throws(JSONError) in
            var builder = JSONTreeBuilder(scanner: scanner)
            return try builder.document()
        }
        return tree ?? .null
    }

    /// The text of a string or the value of a number, without the tree of any other value.
    var scalar: JSONValue? {
        try? JSONScanner.scan(storage, range, maximumDepth: 0) {
            (scanner: inout JSONScanner) throws(JSONError) -> JSONValue? in
            if firstByte == UInt8(ascii: "\"") { return .string(scanner.string(try scanner.skipString())) }
            guard isNumber else { return nil }
            let isInteger = try scanner.skipNumber()
            return scanner.number(range.lowerBound, scanner.position, isInteger: isInteger)
        }
    }

    /// The members of an object, found but not read.
    ///
    /// - Throws: ``JSONError`` coded `type` for anything but an object.
    public func row() throws(JSONError) -> JSONRow {
        guard isObject else { throw mismatch("an object") }
        let members = try JSONScanner.scan(storage, range, maximumDepth: JSONLimits.deepest) {
            (scanner: inout JSONScanner) throws(JSONError) in
            try scanner.indexObject(depth: 1)
        }
        return JSONRow(storage: storage, range: range, members: members)
    }

    /// The elements of an array, found but not read.
    ///
    /// - Throws: ``JSONError`` coded `type` for anything but an array.
    public func elements() throws(JSONError) -> [RawJSON] {
        guard isArray else { throw mismatch("an array") }
        return try JSONScanner.scan(storage, range, maximumDepth: JSONLimits.deepest) {
            (scanner: inout JSONScanner) throws(JSONError) -> [RawJSON] in
            var elements: [RawJSON] = []
            try scanner.open(1)
            if scanner.take(UInt8(ascii: "]")) { return elements }
            repeat {
                scanner.skipWhitespace()
                let start = scanner.position
                try scanner.skipValue(depth: 1)
                elements.append(RawJSON(storage: storage, range: start..<scanner.position))
            } while try !scanner.isAtEnd(of: UInt8(ascii: "]"), "',' or ']' in an array")
            return elements
        }
    }

    /// An error that says what the value is instead of what was expected.
    func mismatch(_ expected: String) -> JSONError {
        JSONError(.type, "Expected \(expected), found \(typeName).")
    }

    var firstByte: UInt8 {
        range.isEmpty ? UInt8(ascii: "n") : storage[range.lowerBound]
    }

    private var typeName: String {
        switch firstByte {
        case UInt8(ascii: "n"): "null"
        case UInt8(ascii: "t"), UInt8(ascii: "f"): "a boolean"
        case UInt8(ascii: "\""): "a string"
        case UInt8(ascii: "["): "an array"
        case UInt8(ascii: "{"): "an object"
        default: "a number"
        }
    }
}

extension JSONLimits {
    /// The deepest that any limits allow; bytes that were checked once are read up to it.
    static let deepest = 1024
}

extension RawJSON: Hashable {
    /// Whether both have the same text, byte for byte.
    public static func == (left: RawJSON, right: RawJSON) -> Bool {
        left.storage[left.range] == right.storage[right.range]
    }

    /// Hashes the text.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(storage[range])
    }
}

extension RawJSON: CustomStringConvertible {
    /// The text.
    public var description: String {
        String(decoding: storage[range], as: UTF8.self)
    }
}
