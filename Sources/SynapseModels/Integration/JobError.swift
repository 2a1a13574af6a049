/// Why a job failed.
///
/// Source: docs/wire-protocol.md, "Jobs".
public struct JobError: JSONReadable, JSONWritable, Hashable {
    /// A word for programs, where there is one.
    public var errorType: String?
    /// A sentence for people.
    public var message: String?

    /// Makes a reason.
    public init(errorType: String? = nil, message: String?) {
        self.errorType = errorType
        self.message = message
    }

    /// Reads an object, or a text alone.
    public init(reading json: RawJSON) throws(JSONError) {
        if let text = try? String(reading: json) {
            self.init(message: text)
            return
        }
        let row = try json.row()
        self.init(errorType: try row.readIfPresent("error_type"), message: try row.readIfPresent("message"))
    }

    /// Writes an object.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("error_type", errorType)
            writer.member("message", message)
        }
    }
}
