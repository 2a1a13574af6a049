/// The body that makes a model of an uploaded file.
///
/// Source: docs/wire-protocol.md, "Models".
public struct ModelCreate: JSONReadable, JSONWritable {
    /// The name that people see, at most 200 characters.
    public var name: String
    /// The code of the plugin that it runs in.
    public var plugin: String?
    /// The version of the plugin.
    public var version: String?
    /// The model from which training went on.
    public var checkpoint: Model.ID?
    /// The complete upload of its file, by the identifier as the server gave it.
    public var chunkedUpload: JSONValue?
    /// The parameters that it was trained with, as the platform leaves them open.
    public var configuration: JSONValue?
    /// What it is.
    public var description: String?
    /// The project; the platform's own client does not send it.
    public var project: Project.ID?
    /// What was measured in training; ours alone.
    public var metrics: JSONValue?

    /// Makes a body.
    public init(
        name: String,
        plugin: String? = nil,
        version: String? = nil,
        checkpoint: Model.ID? = nil,
        chunkedUpload: JSONValue? = nil,
        configuration: JSONValue? = nil,
        description: String? = nil,
        project: Project.ID? = nil,
        metrics: JSONValue? = nil
    ) {
        self.name = name
        self.plugin = plugin
        self.version = version
        self.checkpoint = checkpoint
        self.chunkedUpload = chunkedUpload
        self.configuration = configuration
        self.description = description
        self.project = project
        self.metrics = metrics
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        name = try row.read("name")
        plugin = try row.readIfPresent("plugin")
        version = try row.readIfPresent("version")
        checkpoint = try row.readIfPresent("checkpoint")
        chunkedUpload = try row.readIfPresent("chunked_upload")
        configuration = try row.readIfPresent("configuration")
        description = try row.readIfPresent("description")
        project = try row.readIfPresent("project")
        metrics = try row.readIfPresent("metrics")
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", name)
            writer.memberIfPresent("plugin", plugin)
            writer.memberIfPresent("version", version)
            writer.memberIfPresent("checkpoint", checkpoint)
            writer.memberIfPresent("chunked_upload", chunkedUpload)
            writer.memberIfPresent("configuration", configuration)
            writer.memberIfPresent("description", description)
            writer.memberIfPresent("project", project)
            writer.memberIfPresent("metrics", metrics)
        }
    }
}
