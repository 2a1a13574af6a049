/// The body that writes the data of an assignment and says what becomes of it.
///
/// Source: docs/wire-protocol.md, "HITL".
public struct AssignmentAnnotation: JSONReadable, JSONWritable {
    /// What the worker does.
    public var action: AssignmentAction
    /// The annotation data; `nil` keeps what is there.
    public var data: RawJSON?

    /// Makes a body.
    public init(action: AssignmentAction, data: RawJSON? = nil) {
        self.action = action
        self.data = data
    }

    /// Reads a body.
    ///
    /// An object with a known `action` is taken at its word; any other object is the data itself, handed in.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        let word = row["action"].flatMap { try? AssignmentAction(reading: $0) }
        if let word, word.isKnown {
            action = word
            data = try row.readIfPresent("data")
        } else {
            action = .submit
            data = json
        }
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("action", action)
            writer.memberIfPresent("data", data)
        }
    }
}
