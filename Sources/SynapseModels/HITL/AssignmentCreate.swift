/// The body that gives a task to a worker.
///
/// Source: docs/wire-protocol.md, "HITL".
public struct AssignmentCreate: JSONReadable, JSONWritable {
    /// The task.
    public var task: AnnotationTask.ID
    /// Who labels.
    public var user: User.ID
    /// Who reviews; without one, whoever reviews first.
    public var reviewer: User.ID?

    /// Makes a body.
    public init(task: AnnotationTask.ID, user: User.ID, reviewer: User.ID? = nil) {
        self.task = task
        self.user = user
        self.reviewer = reviewer
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        task = try row.read("task")
        user = try row.read("user")
        reviewer = try row.readIfPresent("reviewer")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("task", task)
            writer.member("user", user)
            writer.memberIfPresent("reviewer", reviewer)
        }
    }
}
