/// A deployed application that a job serves.
///
/// A field that the server left out, or sent as `null`, is `nil`; ``row`` tells the two apart.
///
/// Source: docs/wire-protocol.md, "Serve applications".
public struct ServeApplication: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<ServeApplication>

    /// The identifier.
    public var id: ID
    /// What has become of it.
    public var status: ServeStatus?
    /// The job that serves it.
    public var job: Expandable<Job>?
    /// The action of the job.
    public var action: String?
    /// The agent that it runs on.
    public var agent: Expandable<Agent>?
    /// The release of the plugin.
    public var pluginRelease: Expandable<PluginRelease>?
    /// The code of the plugin.
    public var pluginCode: String?
    /// What the deployment says about itself, as the platform leaves it open.
    public var data: RawJSON?
    /// When it was made.
    public var created: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a serve application in code.
    public init(
        id: ID,
        status: ServeStatus? = nil,
        job: Expandable<Job>? = nil,
        action: String? = nil,
        agent: Expandable<Agent>? = nil,
        pluginRelease: Expandable<PluginRelease>? = nil,
        pluginCode: String? = nil,
        data: RawJSON? = nil,
        created: Timestamp? = nil
    ) {
        self.id = id
        self.status = status
        self.job = job
        self.action = action
        self.agent = agent
        self.pluginRelease = pluginRelease
        self.pluginCode = pluginCode
        self.data = data
        self.created = created
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        status = try row.readIfPresent("status")
        job = try row.readIfPresent("job")
        action = try row.readIfPresent("action")
        agent = try row.readIfPresent("agent")
        pluginRelease = try row.readIfPresent("plugin_release")
        pluginCode = try row.readIfPresent("plugin_code")
        data = try row.readIfPresent("data")
        created = try row.readIfPresent("created")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("status", status)
        writer.memberIfPresent("job", job)
        writer.memberIfPresent("action", action)
        writer.memberIfPresent("agent", agent)
        writer.memberIfPresent("plugin_release", pluginRelease)
        writer.memberIfPresent("plugin_code", pluginCode)
        writer.memberIfPresent("data", data)
        writer.memberIfPresent("created", created)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "status", "job", "action", "agent", "plugin_release", "plugin_code", "data", "created",
    ]
}
