/// The body that changes a job; what is not given stays.
///
/// The records are whole snapshots: each takes the place of the one before.
///
/// Source: docs/wire-protocol.md, "Jobs".
public struct JobUpdate: JSONReadable, JSONWritable {
    /// What has become of it.
    public var status: JobStatus?
    /// How far it is.
    public var progressRecord: JSONValue?
    /// What it measured.
    public var metricsRecord: JSONValue?
    /// Lines to add to the end of its console log.
    public var consoleLogs: [ConsoleEntry]
    /// What the action gave back: an object or a list.
    public var result: JSONValue?
    /// Free notes of programs.
    public var meta: JSONValue?

    /// What a job printed: a line, or several.
    public struct ConsoleEntry: JSONReadable, JSONWritable, Hashable, ExpressibleByStringLiteral {
        /// The text; line feeds part lines.
        public var message: String
        /// When it was printed; the server's time when it is not given.
        public var datetime: Timestamp?

        /// Makes an entry.
        public init(_ message: String, datetime: Timestamp? = nil) {
            self.message = message
            self.datetime = datetime
        }

        /// Makes an entry of a text in the source.
        public init(stringLiteral value: String) { self.init(value) }

        /// Reads an object.
        public init(reading json: RawJSON) throws(JSONError) {
            let row = try json.row()
            message = try row.read("message")
            datetime = try row.readIfPresent("datetime")
        }

        /// Writes an object.
        public func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("message", message)
                writer.memberIfPresent("datetime", datetime)
            }
        }
    }

    /// Makes a body.
    public init(
        status: JobStatus? = nil, progressRecord: JSONValue? = nil, metricsRecord: JSONValue? = nil,
        consoleLogs: [ConsoleEntry] = [], result: JSONValue? = nil, meta: JSONValue? = nil
    ) {
        self.status = status
        self.progressRecord = progressRecord
        self.metricsRecord = metricsRecord
        self.consoleLogs = consoleLogs
        self.result = result
        self.meta = meta
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        status = try row.readIfPresent("status")
        progressRecord = try row.readIfPresent("progress_record")
        metricsRecord = try row.readIfPresent("metrics_record")
        let logs = row["console_logs"]
        consoleLogs =
            logs?.isObject == true ? [try row.read("console_logs")] : try row.readIfPresent("console_logs") ?? []
        result = try row.readIfPresent("result")
        meta = try row.readIfPresent("meta")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.memberIfPresent("status", status)
            writer.memberIfPresent("progress_record", progressRecord)
            writer.memberIfPresent("metrics_record", metricsRecord)
            if !consoleLogs.isEmpty { writer.member("console_logs", consoleLogs) }
            writer.memberIfPresent("result", result)
            writer.memberIfPresent("meta", meta)
        }
    }
}
