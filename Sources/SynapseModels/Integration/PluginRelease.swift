/// One version of a plugin, with its archive.
///
/// Source: docs/wire-protocol.md, "Plugin releases".
public struct PluginRelease: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<PluginRelease>

    /// The identifier.
    public var id: ID
    /// The plugin.
    public var plugin: Expandable<Plugin>?
    /// The version, such as `1.0.0`.
    public var version: String?
    /// The plugin's `config.yaml` as JSON.
    public var config: RawJSON?
    /// Python packages that it needs.
    public var requirements: [String]?
    /// The text for people.
    public var readme: String?
    /// A URL from which the archive can be read without credentials, for a while; `nil` without one.
    public var file: String?
    /// The MD5 of the archive in hexadecimal digits.
    public var checksum: String?
    /// Bytes of the archive.
    public var size: Int?
    /// The names of its actions.
    public var availableActions: [String]?
    /// For each action, what it takes and gives, as the configuration says it.
    public var runSchema: RawJSON?
    /// What an installation asks for, as the configuration says it.
    public var installationSchema: RawJSON?
    /// Who made it.
    public var author: PluginRelease.Author?
    /// Free notes of programs.
    public var meta: RawJSON?
    /// Whether it is a release for trying out, which a later one of the same version replaces.
    public var debug: Bool?
    /// Whether it is meant for use.
    public var isReleased: Bool?
    /// When it was made.
    public var created: Timestamp?
    /// The object as received; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a plugin release in code.
    public init(
        id: ID,
        plugin: Expandable<Plugin>? = nil,
        version: String? = nil,
        config: RawJSON? = nil,
        requirements: [String]? = nil,
        readme: String? = nil,
        file: String? = nil,
        checksum: String? = nil,
        size: Int? = nil,
        availableActions: [String]? = nil,
        runSchema: RawJSON? = nil,
        installationSchema: RawJSON? = nil,
        author: PluginRelease.Author? = nil,
        meta: RawJSON? = nil,
        debug: Bool? = nil,
        isReleased: Bool? = nil,
        created: Timestamp? = nil
    ) {
        self.id = id
        self.plugin = plugin
        self.version = version
        self.config = config
        self.requirements = requirements
        self.readme = readme
        self.file = file
        self.checksum = checksum
        self.size = size
        self.availableActions = availableActions
        self.runSchema = runSchema
        self.installationSchema = installationSchema
        self.author = author
        self.meta = meta
        self.debug = debug
        self.isReleased = isReleased
        self.created = created
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        // A job may show its release with the code of the plugin alone; the row has it.
        let isCode = row["plugin"].map { (try? String(reading: $0)) != nil } ?? false
        plugin = isCode ? nil : try row.readIfPresent("plugin")
        version = try row.readIfPresent("version")
        config = try row.readIfPresent("config")
        requirements = try row.readIfPresent("requirements")
        readme = try row.readIfPresent("readme")
        file = try row.readIfPresent("file")
        checksum = try row.readIfPresent("checksum")
        size = try row.readIfPresent("size")
        availableActions = try row.readIfPresent("available_actions")
        runSchema = try row.readIfPresent("run_schema")
        installationSchema = try row.readIfPresent("installation_schema")
        author = try row.readIfPresent("author")
        meta = try row.readIfPresent("meta")
        debug = try row.readIfPresent("debug")
        isReleased = try row.readIfPresent("is_released")
        created = try row.readIfPresent("created")
    }

    /// Writes the known fields.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("plugin", plugin)
        writer.memberIfPresent("version", version)
        writer.memberIfPresent("config", config)
        writer.memberIfPresent("requirements", requirements)
        writer.memberIfPresent("readme", readme)
        writer.memberIfPresent("file", file)
        writer.memberIfPresent("checksum", checksum)
        writer.memberIfPresent("size", size)
        writer.memberIfPresent("available_actions", availableActions)
        writer.memberIfPresent("run_schema", runSchema)
        writer.memberIfPresent("installation_schema", installationSchema)
        writer.memberIfPresent("author", author)
        writer.memberIfPresent("meta", meta)
        writer.memberIfPresent("debug", debug)
        writer.memberIfPresent("is_released", isReleased)
        writer.memberIfPresent("created", created)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "plugin", "version", "config", "requirements", "readme", "file", "checksum", "size",
        "available_actions", "run_schema", "installation_schema", "author", "meta", "debug", "is_released", "created",
    ]
}

extension PluginRelease {
    /// A person, as a release names its author.
    public struct Author: JSONReadable, JSONWritable, Hashable {
        /// The user's number.
        public var id: Int?
        /// The address of electronic mail.
        public var email: String?
        /// The name.
        public var name: String?

        /// Makes an author in code.
        public init(id: Int? = nil, email: String? = nil, name: String? = nil) {
            self.id = id
            self.email = email
            self.name = name
        }

        /// Reads an object, or the number alone.
        public init(reading json: RawJSON) throws(JSONError) {
            guard json.isObject else {
                self.init(id: try Int(reading: json))
                return
            }
            let row = try json.row()
            self.init(
                id: try row.readIfPresent("id"), email: try row.readIfPresent("email"),
                name: try row.readIfPresent("name"))
        }

        /// Writes an object.
        public func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.memberIfPresent("id", id)
                writer.memberIfPresent("email", email)
                writer.memberIfPresent("name", name)
            }
        }
    }
}
