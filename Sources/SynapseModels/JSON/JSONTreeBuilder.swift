/// Builds a tree of values while the scanner checks the text.
///
/// Children wait on stacks that all containers share, so that each container is allocated once, at its exact size.
struct JSONTreeBuilder: ~Copyable {
    private var scanner: JSONScanner
    private var values = ChildStack<JSONValue>()
    private var members = ChildStack<JSONObject.Member>()
    private var names = NameCache()

    init(scanner: JSONScanner) {
        self.scanner = scanner
    }

    /// Reads the one value that the scanner's range holds.
    mutating func document() throws(JSONError) -> JSONValue {
        let result = try value(depth: 0)
        try scanner.expectEnd()
        return result
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        scanner.skipWhitespace()
        guard scanner.position < scanner.end else {
            throw scanner.failure(.syntax, "The document ends where a value was expected.")
        }
        switch scanner.byte(scanner.position) {
        case UInt8(ascii: "\""):
            return .string(scanner.string(try scanner.skipString()))
        case UInt8(ascii: "{"):
            return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["):
            return .array(try array(depth: depth + 1))
        case UInt8(ascii: "t"):
            try scanner.skipLiteral(.true)
            return .bool(true)
        case UInt8(ascii: "f"):
            try scanner.skipLiteral(.false)
            return .bool(false)
        case UInt8(ascii: "n"):
            try scanner.skipLiteral(.null)
            return .null
        default:
            let start = scanner.position
            let isInteger = try scanner.skipNumber()
            return scanner.number(start, scanner.position, isInteger: isInteger)
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        let bottom = values.count
        try scanner.open(depth)
        if scanner.take(UInt8(ascii: "]")) { return [] }
        while true {
            values.push(try value(depth: depth))
            if try scanner.isAtEnd(of: UInt8(ascii: "]"), "',' or ']' in an array") { break }
        }
        return values.pop(to: bottom)
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        let bottom = members.count
        try scanner.open(depth)
        if scanner.take(UInt8(ascii: "}")) { return JSONObject() }
        var marks: UInt64 = 0
        var mayRepeatName = false
        while true {
            let key = try scanner.memberName()
            let mark = scanner.mark(of: key)
            mayRepeatName = mayRepeatName || marks & mark != 0
            marks |= mark
            members.push(JSONObject.Member(key: names.name(key, scanner), value: try value(depth: depth)))
            if try scanner.isAtEnd(of: UInt8(ascii: "}"), "',' or '}' in an object") { break }
        }
        return JSONObject(received: members.pop(to: bottom), mayRepeatName: mayRepeatName)
    }
}
