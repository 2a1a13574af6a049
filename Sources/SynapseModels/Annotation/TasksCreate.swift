/// The body that makes tasks: one for each data unit, in one project.
///
/// Source: docs/wire-protocol.md, "Tasks".
public struct TasksCreate: JSONReadable, JSONWritable {
    /// One task to be made.
    public struct Item: JSONReadable, JSONWritable {
        /// The data unit.
        public var dataUnit: DataUnit.ID
        /// Free notes of programs.
        public var meta: JSONValue?

        /// Makes an item.
        public init(dataUnit: DataUnit.ID, meta: JSONValue? = nil) {
            self.dataUnit = dataUnit
            self.meta = meta
        }

        /// Reads an item.
        public init(reading json: RawJSON) throws(JSONError) {
            let row = try json.row()
            dataUnit = try row.read("data_unit")
            meta = try row.readIfPresent("meta")
        }

        /// Writes the item.
        public func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("data_unit", dataUnit)
                writer.memberIfPresent("meta", meta)
            }
        }
    }

    /// The project.
    public var project: Project.ID
    /// The tasks, in order.
    public var data: [Item]

    /// Makes a body.
    public init(project: Project.ID, data: [Item]) {
        self.project = project
        self.data = data
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        project = try row.read("project")
        data = try row.read("data")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("project", project)
            writer.member("data", data)
        }
    }
}
