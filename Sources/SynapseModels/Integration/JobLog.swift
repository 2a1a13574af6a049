/// An entry in the log of a job: a message, a metric, a picture.
///
/// A field that the server left out, or sent as `null`, is `nil`; ``row`` tells the two apart.
///
/// Source: docs/wire-protocol.md, "Job logs".
public struct JobLog: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<JobLog>

    /// The identifier.
    public var id: ID
    /// The job.
    public var job: Job.ID?
    /// What kind of entry it is, such as `message` or `metric`.
    public var event: String?
    /// The step of the job in which it was written.
    public var step: String?
    /// How serious it is.
    public var level: LogLevel?
    /// What it says, as the kind of entry has it.
    public var data: RawJSON?
    /// A URL of its file.
    public var file: String?
    /// When it happened, as the job says.
    public var datetime: Timestamp?
    /// When the server got it.
    public var created: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a job log in code.
    public init(
        id: ID,
        job: Job.ID? = nil,
        event: String? = nil,
        step: String? = nil,
        level: LogLevel? = nil,
        data: RawJSON? = nil,
        file: String? = nil,
        datetime: Timestamp? = nil,
        created: Timestamp? = nil
    ) {
        self.id = id
        self.job = job
        self.event = event
        self.step = step
        self.level = level
        self.data = data
        self.file = file
        self.datetime = datetime
        self.created = created
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        job = try row.readIfPresent("job")
        event = try row.readIfPresent("event")
        step = try row.readIfPresent("step")
        level = try row.readIfPresent("level")
        data = try row.readIfPresent("data")
        file = try row.readIfPresent("file")
        datetime = try row.readIfPresent("datetime")
        created = try row.readIfPresent("created")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("job", job)
        writer.memberIfPresent("event", event)
        writer.memberIfPresent("step", step)
        writer.memberIfPresent("level", level)
        writer.memberIfPresent("data", data)
        writer.memberIfPresent("file", file)
        writer.memberIfPresent("datetime", datetime)
        writer.memberIfPresent("created", created)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "job", "event", "step", "level", "data", "file", "datetime", "created",
    ]
}
