/// The body that changes a serve application; what is `nil` stays.
///
/// Source: docs/wire-protocol.md, "Serve applications".
public struct ServeApplicationUpdate: JSONReadable, JSONWritable {
    /// What has become of it.
    public var status: ServeStatus?
    /// What the deployment says about itself.
    public var data: JSONValue?

    /// Makes a body.
    public init(status: ServeStatus? = nil, data: JSONValue? = nil) {
        self.status = status
        self.data = data
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        status = try row.readIfPresent("status")
        data = try row.readIfPresent("data")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.memberIfPresent("status", status)
            writer.memberIfPresent("data", data)
        }
    }
}
