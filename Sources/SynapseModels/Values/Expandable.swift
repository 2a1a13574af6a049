/// A relation to another resource: its identifier, or the resource itself where the request asked to expand it.
public enum Expandable<Model: WireModel & Identified>: Sendable {
    /// The identifier alone.
    case id(Model.ID)
    /// The resource.
    indirect case object(Model)

    /// The identifier, in both cases.
    public var id: Model.ID {
        switch self {
        case .id(let id): id
        case .object(let model): model.id
        }
    }

    /// The resource, when it was expanded.
    public var object: Model? {
        if case .object(let model) = self { model } else { nil }
    }
}

extension Expandable: JSONReadable, JSONWritable {
    /// Reads an object or an identifier.
    public init(reading json: RawJSON) throws(JSONError) {
        self = json.isObject ? .object(try Model(reading: json)) : .id(try Model.ID(reading: json))
    }

    /// Writes the object or the identifier.
    public func write(to writer: inout JSONWriter) {
        switch self {
        case .id(let id): id.write(to: &writer)
        case .object(let model): model.write(to: &writer)
        }
    }
}
