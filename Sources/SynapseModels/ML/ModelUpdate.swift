/// The body that changes a model; what is `nil` stays as it is.
///
/// Source: docs/wire-protocol.md, "Models".
public struct ModelUpdate: JSONReadable, JSONWritable {
    /// The name that people see, at most 200 characters.
    public var name: String?
    /// What it is.
    public var description: String?
    /// Whether it is in use.
    public var isReleased: Bool?
    /// What was measured in training.
    public var metrics: JSONValue?

    /// Makes a body.
    public init(
        name: String? = nil, description: String? = nil, isReleased: Bool? = nil, metrics: JSONValue? = nil
    ) {
        self.name = name
        self.description = description
        self.isReleased = isReleased
        self.metrics = metrics
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        name = try row.readIfPresent("name")
        description = try row.readIfPresent("description")
        isReleased = try row.readIfPresent("is_released")
        metrics = try row.readIfPresent("metrics")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.memberIfPresent("name", name)
            writer.memberIfPresent("description", description)
            writer.memberIfPresent("is_released", isReleased)
            writer.memberIfPresent("metrics", metrics)
        }
    }
}
