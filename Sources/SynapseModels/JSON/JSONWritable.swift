/// Something that writes itself as one JSON value.
public protocol JSONWritable: Sendable {
    /// Writes the value at the writer's place.
    func write(to writer: inout JSONWriter)
}

extension JSONWritable {
    /// The value as compact JSON.
    public func jsonBytes() -> [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }
}

extension RawJSON: JSONWritable {
    /// Writes the text as it is.
    public func write(to writer: inout JSONWriter) { writer.write(raw: self) }
}

extension String: JSONWritable {
    /// Writes a string.
    public func write(to writer: inout JSONWriter) { writer.write(string: self) }
}

extension Bool: JSONWritable {
    /// Writes `true` or `false`.
    public func write(to writer: inout JSONWriter) { writer.write(literal: self ? "true" : "false") }
}

extension Int: JSONWritable {
    /// Writes an integer.
    public func write(to writer: inout JSONWriter) { writer.write(integer: Int64(self)) }
}

extension Int64: JSONWritable {
    /// Writes an integer.
    public func write(to writer: inout JSONWriter) { writer.write(integer: self) }
}

extension Double: JSONWritable {
    /// Writes a decimal number; what JSON can't spell (infinity, not a number) is written as `null`.
    public func write(to writer: inout JSONWriter) { writer.write(double: self) }
}

extension Optional: JSONWritable where Wrapped: JSONWritable {
    /// Writes the value or `null`.
    public func write(to writer: inout JSONWriter) {
        if let self { self.write(to: &writer) } else { writer.write(literal: "null") }
    }
}

extension Array: JSONWritable where Element: JSONWritable {
    /// Writes an array.
    public func write(to writer: inout JSONWriter) {
        writer.array { writer in
            for element in self { writer.element(element) }
        }
    }
}

extension Dictionary: JSONWritable where Key == String, Value: JSONWritable {
    /// Writes an object, its names sorted so that equal dictionaries give equal bytes.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            for (key, value) in self.sorted(by: { $0.key < $1.key }) { writer.member(key, value) }
        }
    }
}

extension JSONValue: JSONWritable {
    /// Writes the tree.
    public func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.write(literal: "null")
        case .bool(let value): value.write(to: &writer)
        case .integer(let value): writer.write(integer: value)
        case .double(let value): writer.write(double: value)
        case .decimal(let text): writer.write(decimal: text)
        case .string(let text): writer.write(string: text)
        case .array(let elements): elements.write(to: &writer)
        case .object(let object):
            writer.object { writer in
                for member in object { writer.member(member.key, member.value) }
            }
        }
    }
}
