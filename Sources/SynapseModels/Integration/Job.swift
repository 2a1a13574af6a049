/// A job: one run of a plugin's action.
///
/// A field that the server left out, or sent as `null`, is `nil`; ``row`` tells the two apart.
///
/// Source: docs/wire-protocol.md, "Jobs".
public struct Job: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = TextIdentifier<Job>

    /// The identifier.
    public var id: ID
    /// What has become of it.
    public var status: JobStatus?
    /// The action that runs.
    public var action: String?
    /// Whether it waits or runs.
    public var isActive: Bool?
    /// The release of the plugin.
    public var pluginRelease: Expandable<PluginRelease>?
    /// The agent that runs it.
    public var agent: Expandable<Agent>?
    /// The parameters of the action, as the platform leaves them open.
    public var params: RawJSON?
    /// How far it is: steps, and the current progress.
    public var progressRecord: RawJSON?
    /// What it measured, by step.
    public var metricsRecord: RawJSON?
    /// What the action gave back.
    public var result: RawJSON?
    /// Free notes of programs.
    public var meta: RawJSON?
    /// Its place in the agent's queue, while it waits.
    public var queue: RawJSON?
    /// Why it failed.
    public var error: JobError?
    /// The language of its messages, such as `ko`.
    public var language: String?
    /// Whether it runs to find mistakes.
    public var isDebug: Bool?
    /// When it was made.
    public var created: Timestamp?
    /// When it changed last.
    public var modified: Timestamp?
    /// When it began to run.
    public var started: Timestamp?
    /// When it ended.
    public var completed: Timestamp?
    /// Its log entries, where the request asked to expand them.
    public var logs: [JobLog]?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a job in code.
    public init(
        id: ID,
        status: JobStatus? = nil,
        action: String? = nil,
        isActive: Bool? = nil,
        pluginRelease: Expandable<PluginRelease>? = nil,
        agent: Expandable<Agent>? = nil,
        params: RawJSON? = nil,
        progressRecord: RawJSON? = nil,
        metricsRecord: RawJSON? = nil,
        result: RawJSON? = nil,
        meta: RawJSON? = nil,
        queue: RawJSON? = nil,
        error: JobError? = nil,
        language: String? = nil,
        isDebug: Bool? = nil,
        created: Timestamp? = nil,
        modified: Timestamp? = nil,
        started: Timestamp? = nil,
        completed: Timestamp? = nil,
        logs: [JobLog]? = nil
    ) {
        self.id = id
        self.status = status
        self.action = action
        self.isActive = isActive
        self.pluginRelease = pluginRelease
        self.agent = agent
        self.params = params
        self.progressRecord = progressRecord
        self.metricsRecord = metricsRecord
        self.result = result
        self.meta = meta
        self.queue = queue
        self.error = error
        self.language = language
        self.isDebug = isDebug
        self.created = created
        self.modified = modified
        self.started = started
        self.completed = completed
        self.logs = logs
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        status = try row.readIfPresent("status")
        action = try row.readIfPresent("action")
        isActive = try row.readIfPresent("is_active")
        pluginRelease = try row.readIfPresent("plugin_release")
        agent = try row.readIfPresent("agent")
        params = try row.readIfPresent("params")
        progressRecord = try row.readIfPresent("progress_record")
        metricsRecord = try row.readIfPresent("metrics_record")
        result = try row.readIfPresent("result")
        meta = try row.readIfPresent("meta")
        queue = try row.readIfPresent("queue")
        error = try row.readIfPresent("error")
        language = try row.readIfPresent("language")
        isDebug = try row.readIfPresent("debug")
        created = try row.readIfPresent("created")
        modified = try row.readIfPresent("modified")
        started = try row.readIfPresent("started")
        completed = try row.readIfPresent("completed")
        logs = try row.readIfPresent("logs")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("status", status)
        writer.memberIfPresent("action", action)
        writer.memberIfPresent("is_active", isActive)
        writer.memberIfPresent("plugin_release", pluginRelease)
        writer.memberIfPresent("agent", agent)
        writer.memberIfPresent("params", params)
        writer.memberIfPresent("progress_record", progressRecord)
        writer.memberIfPresent("metrics_record", metricsRecord)
        writer.memberIfPresent("result", result)
        writer.memberIfPresent("meta", meta)
        writer.memberIfPresent("queue", queue)
        writer.memberIfPresent("error", error)
        writer.memberIfPresent("language", language)
        writer.memberIfPresent("debug", isDebug)
        writer.memberIfPresent("created", created)
        writer.memberIfPresent("modified", modified)
        writer.memberIfPresent("started", started)
        writer.memberIfPresent("completed", completed)
        writer.memberIfPresent("logs", logs)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "status", "action", "is_active", "plugin_release", "agent", "params", "progress_record",
        "metrics_record", "result", "meta", "queue", "error", "language", "debug", "created", "modified",
        "started", "completed", "logs",
    ]
}
