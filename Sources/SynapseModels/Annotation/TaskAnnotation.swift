/// The body that annotates a task.
///
/// Source: docs/wire-protocol.md, "Tasks".
public struct TaskAnnotation: JSONReadable, JSONWritable {
    /// Whether the data is a draft or handed in.
    public var action: AnnotationAction
    /// The annotation data; `nil` keeps what is there.
    public var data: RawJSON?

    /// Makes a body.
    public init(action: AnnotationAction, data: RawJSON?) {
        self.action = action
        self.data = data
    }

    /// Reads a body.
    ///
    /// An object whose `action` is `save` or `submit` is taken at its word; any other object is the data itself, handed in.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        let word = row["action"].flatMap { try? AnnotationAction(reading: $0) }
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
