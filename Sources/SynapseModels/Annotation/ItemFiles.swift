/// The files of a task's or an assignment's data unit, as the lists of files alone carry them.
///
/// Source: docs/wire-protocol.md, "Data and files alone".
public struct ItemFiles<Owner: Sendable>: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<Owner>

    /// The identifier of the task or the assignment.
    public var id: ID
    /// The files; each names its specification.
    public var files: DataUnitFiles?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a row in code.
    public init(id: ID, files: DataUnitFiles? = nil) {
        self.id = id
        self.files = files
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        files = try row.readIfPresent("files")
    }

    /// Writes the known fields.
    ///
    /// Files go as a list, whatever form they came in.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("files", files?.listed)
    }

    /// The names that are known.
    public static var fieldNames: Set<String> { ["id", "files"] }
}
