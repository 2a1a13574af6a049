/// A resource of the wire.
///
/// A model that was received keeps its ``row``: fields that this version does not know are at hand there and are
/// written again when the model is written.
public protocol WireModel: JSONReadable, JSONWritable, Encodable {
    /// The object as received; `nil` for a model made in code.
    var row: JSONRow? { get }

    /// Reads the fields of an object.
    ///
    /// - Throws: ``JSONError`` with the path of the field that is odd.
    init(row: JSONRow) throws(JSONError)

    /// Writes the fields that this version knows.
    func writeFields(to writer: inout JSONWriter)

    /// The names that ``writeFields(to:)`` may write.
    static var fieldNames: Set<String> { get }
}

/// A resource that others refer to by identifier.
public protocol Identified {
    /// The identifier's type.
    associatedtype ID: JSONReadable & JSONWritable & Hashable
    /// The identifier.
    var id: ID { get }
}

extension WireModel {
    /// Reads an object.
    public init(reading json: RawJSON) throws(JSONError) {
        try self.init(row: try json.row())
    }

    /// Writes the known fields, then the unknown ones as they were received.
    ///
    /// A known field that is `nil` is `null` where it was received as `null`, and is left out where it was absent.
    public func write(to writer: inout JSONWriter) {
        writer.object(again: row) { writer in
            writeFields(to: &writer)
            for (key, value) in unknownFields { writer.member(key, value) }
        }
    }

    /// The fields of the received object that this version does not know, in order.
    public var unknownFields: [(key: String, value: RawJSON)] {
        (row?.uniqueMembers ?? []).filter { !Self.fieldNames.contains($0.key) }
    }
}

extension WireModel {
    /// Encodes the object that the wire would carry.
    public func encode(to encoder: any Encoder) throws {
        try RawJSON(trusted: jsonBytes()).value.encode(to: encoder)
    }
}
