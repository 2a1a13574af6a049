/// The body that makes a serve application.
///
/// Source: docs/wire-protocol.md, "Serve applications".
public struct ServeApplicationCreate: JSONReadable, JSONWritable {
    /// The job that serves it.
    public var job: Job.ID
    /// What has become of it.
    public var status: ServeStatus?
    /// What the deployment says about itself.
    public var data: JSONValue?

    /// Makes a body.
    public init(job: Job.ID, status: ServeStatus? = nil, data: JSONValue? = nil) {
        self.job = job
        self.status = status
        self.data = data
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        job = try row.read("job")
        status = try row.readIfPresent("status")
        data = try row.readIfPresent("data")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("job", job)
            writer.memberIfPresent("status", status)
            writer.memberIfPresent("data", data)
        }
    }
}
