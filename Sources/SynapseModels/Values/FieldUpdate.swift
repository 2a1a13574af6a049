/// What a partial update does with one field.
///
/// On the wire, absent and `null` differ.
public enum FieldUpdate<Value: Sendable>: Sendable {
    /// Leaves the field as it is: it is absent from the body.
    case keep
    /// Empties the field: it is `null` in the body.
    case clear
    /// Gives the field a value.
    case set(Value)
}

extension FieldUpdate: Equatable where Value: Equatable {}

extension FieldUpdate where Value: JSONReadable {
    /// Reads what a body says about one of its members.
    public init(_ key: String, in row: JSONRow) throws(JSONError) {
        if let value: Value = try row.readIfPresent(key) {
            self = .set(value)
        } else {
            self = row.contains(key) ? .clear : .keep
        }
    }
}

extension JSONWriter {
    /// Writes the member that an update asks for, if any.
    public mutating func member<Value: JSONWritable>(_ key: String, _ update: FieldUpdate<Value>) {
        switch update {
        case .keep: break
        case .clear: member(key, Value?.none)
        case .set(let value): member(key, value)
        }
    }
}
