/// The body that puts tags on resources, or takes them off.
///
/// Source: docs/wire-protocol.md, "Tasks".
public struct TagsUpdate<Owner: Sendable>: JSONReadable, JSONWritable {
    /// The resources.
    public var ids: [Identifier<Owner>]
    /// The tags.
    public var tags: [TaskTag.ID]
    /// Whether the tags are put on or taken off.
    public var action: TagAction

    /// Makes a body.
    public init(ids: [Identifier<Owner>], tags: [TaskTag.ID], action: TagAction = .add) {
        self.ids = ids
        self.tags = tags
        self.action = action
    }

    /// Reads `{"ids", "tags", "action"}`, or the older `{"task_ids" | "assignment_ids", "tag_ids"}`, which adds.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        let older = ["task_ids", "assignment_ids"].first { row.contains($0) }
        ids = try row.read(row.contains("ids") ? "ids" : older ?? "ids")
        tags = try row.read(row.contains("tags") || !row.contains("tag_ids") ? "tags" : "tag_ids")
        action = try row.readIfPresent("action") ?? .add
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("ids", ids)
            writer.member("tags", tags)
            writer.member("action", action)
        }
    }
}
