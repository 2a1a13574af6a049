/// The body that makes a storage.
///
/// Source: docs/wire-protocol.md, "Storages".
public struct StorageCreate: JSONReadable, JSONWritable {
    /// The name, at most 200 characters, unique in its tenant.
    public var name: String
    /// What kind of place it is.
    public var provider: StorageProvider
    /// How to reach it: an object whose members depend on the provider.
    public var configuration: Redacted<JSONValue>
    /// Whose files it keeps.
    public var category: StorageCategory
    /// Whether new files go there.
    public var isDefault: Bool?

    /// Makes a body.
    public init(
        name: String, provider: StorageProvider, configuration: JSONValue, category: StorageCategory = .internal,
        isDefault: Bool? = nil
    ) {
        self.name = name
        self.provider = provider
        self.configuration = Redacted(configuration)
        self.category = category
        self.isDefault = isDefault
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        name = try row.read("name")
        provider = try row.read("provider")
        configuration = try row.read("configuration")
        category = try row.readIfPresent("category") ?? .internal
        isDefault = try row.readIfPresent("is_default")
    }

    /// Writes the body, the configuration among it.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", name)
            writer.member("category", category)
            writer.member("provider", provider)
            writer.member("configuration", configuration)
            writer.memberIfPresent("is_default", isDefault)
        }
    }
}

/// The body that changes a storage; what is `nil` stays as it is.
///
/// Source: docs/wire-protocol.md, "Storages".
public struct StorageUpdate: JSONReadable, JSONWritable {
    /// The name.
    public var name: String?
    /// What kind of place it is; another provider takes a whole configuration.
    public var provider: StorageProvider?
    /// Members to change: those that are left out stay, `null` removes one.
    public var configuration: Redacted<JSONValue>?
    /// Whose files it keeps.
    public var category: StorageCategory?
    /// Whether new files go there.
    public var isDefault: Bool?

    /// Makes a body.
    public init(
        name: String? = nil, provider: StorageProvider? = nil, configuration: JSONValue? = nil,
        category: StorageCategory? = nil, isDefault: Bool? = nil
    ) {
        self.name = name
        self.provider = provider
        self.configuration = configuration.map { Redacted($0) }
        self.category = category
        self.isDefault = isDefault
    }

    /// Reads a body.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        name = try row.readIfPresent("name")
        provider = try row.readIfPresent("provider")
        configuration = try row.readIfPresent("configuration")
        category = try row.readIfPresent("category")
        isDefault = try row.readIfPresent("is_default")
    }

    /// Writes the body, the configuration among it.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.memberIfPresent("name", name)
            writer.memberIfPresent("category", category)
            writer.memberIfPresent("provider", provider)
            writer.memberIfPresent("configuration", configuration)
            writer.memberIfPresent("is_default", isDefault)
        }
    }
}
