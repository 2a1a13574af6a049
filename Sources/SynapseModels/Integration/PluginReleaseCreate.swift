/// What a new plugin release is made of, its archive apart.
///
/// Source: docs/wire-protocol.md, "Plugin releases".
public struct PluginReleaseCreate: JSONReadable, JSONWritable {
    /// The plugin, by code or number.
    ///
    /// A code that is not known yet makes the plugin, when `config` has a `name`.
    public var plugin: PluginReference
    /// The version, such as `1.0.0`, at most 100 characters.
    public var version: String
    /// The plugin's `config.yaml` as JSON.
    public var config: JSONValue?
    /// Python packages that it needs.
    public var requirements: [String]?
    /// Whether it is a release for trying out, which may be replaced under the same version.
    public var debug: Bool

    /// Makes a body.
    public init(
        plugin: PluginReference, version: String, config: JSONValue? = nil, requirements: [String]? = nil,
        debug: Bool = false
    ) {
        self.plugin = plugin
        self.version = version
        self.config = config
        self.requirements = requirements
        self.debug = debug
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        plugin = try row.read("plugin")
        version = try row.read("version")
        config = try row.readIfPresent("config")
        requirements = try row.readIfPresent("requirements")
        debug = try row.readIfPresent("debug") ?? false
    }

    /// Writes the body.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("plugin", plugin)
            writer.member("version", version)
            writer.memberIfPresent("config", config)
            writer.memberIfPresent("requirements", requirements)
            writer.member("debug", debug)
        }
    }
}
