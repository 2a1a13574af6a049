/// The body that reviews an assignment.
///
/// Source: docs/wire-protocol.md, "HITL".
public struct AssignmentReview: JSONReadable, JSONWritable {
    /// What the reviewer does.
    public var action: ReviewAction
    /// What the reviewer has to say; `nil` keeps what was said before.
    public var description: String?

    /// Makes a body.
    public init(action: ReviewAction, description: String? = nil) {
        self.action = action
        self.description = description
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        action = try row.read("action")
        description = try row.readIfPresent("description")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("action", action)
            writer.memberIfPresent("description", description)
        }
    }
}
