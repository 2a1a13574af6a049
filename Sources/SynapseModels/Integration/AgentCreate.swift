/// The body that makes an agent.
///
/// Source: docs/wire-protocol.md, "Agents".
public struct AgentCreate: JSONReadable, JSONWritable {
    /// The name, at most 200 characters, unique in its tenant.
    public var name: String
    /// Where it can be reached.
    public var url: String?

    /// Makes a body.
    public init(name: String, url: String? = nil) {
        self.name = name
        self.url = url
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        name = try row.read("name")
        url = try row.readIfPresent("url")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", name)
            writer.memberIfPresent("url", url)
        }
    }
}
