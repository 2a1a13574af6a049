/// A place where the platform keeps files: a folder, a bucket, a file server.
///
/// Its configuration may hold passwords and keys: it is not shown when a storage is printed.
///
/// Source: docs/wire-protocol.md, "Storages".
public struct Storage: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<Storage>

    /// The identifier.
    public var id: ID
    /// The name, unique in its tenant.
    public var name: String?
    /// Whether the platform keeps its own files there, or only reads what others keep.
    public var category: StorageCategory?
    /// What kind of place it is.
    public var provider: StorageProvider?
    /// How to reach it; without its secrets unless they were asked for.
    public var configuration: Redacted<RawJSON>?
    /// Whether new files go there.
    public var isDefault: Bool?
    /// When it was made.
    public var created: Timestamp?
    /// The object as received, configuration included; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes a storage in code.
    public init(
        id: ID,
        name: String? = nil,
        category: StorageCategory? = nil,
        provider: StorageProvider? = nil,
        configuration: RawJSON? = nil,
        isDefault: Bool? = nil,
        created: Timestamp? = nil
    ) {
        self.id = id
        self.name = name
        self.category = category
        self.provider = provider
        self.configuration = configuration.map { Redacted($0) }
        self.isDefault = isDefault
        self.created = created
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        name = try row.readIfPresent("name")
        category = try row.readIfPresent("category")
        provider = try row.readIfPresent("provider")
        configuration = try row.readIfPresent("configuration")
        isDefault = try row.readIfPresent("is_default")
        created = try row.readIfPresent("created")
    }

    /// Writes the known fields, the configuration among them.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("name", name)
        writer.memberIfPresent("category", category)
        writer.memberIfPresent("provider", provider)
        writer.memberIfPresent("configuration", configuration)
        writer.memberIfPresent("is_default", isDefault)
        writer.memberIfPresent("created", created)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "name", "category", "provider", "configuration", "is_default", "created",
    ]
}

extension Storage: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// One line without the configuration.
    public var description: String {
        "Storage(id: \(id), name: \(name ?? "-"), provider: \(provider?.rawValue ?? "-"))"
    }

    /// The same line.
    public var debugDescription: String { description }

    /// The fields; the configuration is redacted, and the received object is left out.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "id": id, "name": name as Any, "category": category as Any, "provider": provider as Any,
                "configuration": configuration as Any, "isDefault": isDefault as Any, "created": created as Any,
            ])
    }
}
