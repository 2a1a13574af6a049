/// The body that runs an action of a plugin.
///
/// Source: docs/wire-protocol.md, "Running a plugin".
public struct PluginRun: JSONReadable, JSONWritable {
    /// The action.
    public var action: String
    /// The parameters of the action.
    public var params: JSONValue?
    /// The agent that is to run it.
    public var agent: Agent.ID?
    /// The storage that it works on.
    public var storageID: Int?
    /// The job to run as; a UUID of your own makes the call safe to repeat.
    public var jobID: Job.ID?
    /// Whether it runs to find mistakes.
    public var isDebug: Bool
    /// The version of the release; the newest when it is not given.
    public var version: String?
    /// The language of its messages.
    public var language: String

    /// Makes a body.
    public init(
        action: String, params: JSONValue? = nil, agent: Agent.ID? = nil, storageID: Int? = nil, jobID: Job.ID? = nil,
        isDebug: Bool = false, version: String? = nil, language: String = "ko"
    ) {
        self.action = action
        self.params = params
        self.agent = agent
        self.storageID = storageID
        self.jobID = jobID
        self.isDebug = isDebug
        self.version = version
        self.language = language
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        action = try row.read("action")
        params = try row.readIfPresent("params")
        agent = try row.readIfPresent("agent")
        storageID = try row.readIfPresent("storage_id")
        jobID = try row.readIfPresent("job_id")
        isDebug = try row.readIfPresent("debug") ?? false
        version = try row.readIfPresent("version")
        language = try row.readIfPresent("language") ?? "ko"
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.memberIfPresent("agent", agent)
            writer.member("action", action)
            writer.memberIfPresent("params", params)
            writer.memberIfPresent("storage_id", storageID)
            writer.memberIfPresent("job_id", jobID)
            writer.member("debug", isDebug)
            writer.memberIfPresent("version", version)
            writer.member("language", language)
        }
    }
}

/// What a run was answered with: a job, or the result of the action where it was carried out at once.
public struct PluginRunAnswer: JSONReadable, JSONWritable {
    /// The job that was made.
    public var jobID: Job.ID?
    /// The whole answer, as the action has it.
    public var raw: RawJSON

    /// Reads an answer of any shape.
    public init(reading json: RawJSON) throws(JSONError) {
        raw = json
        jobID = json.isObject ? try json.row().readIfPresent("job_id") : nil
    }

    /// Writes the answer as it came.
    public func write(to writer: inout JSONWriter) { raw.write(to: &writer) }
}
