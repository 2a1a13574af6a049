import GRDB
import SynapseModels

/// A row of `storage`.
struct StorageRecord: Sendable {
    static let columns = """
        storage.id, storage.name, storage.category, storage.provider, storage.configuration, storage.is_default, \
        storage.created
        """

    let id: Int64
    let values: StorageFields
    let created: String

    init(row: Row) {
        id = row[0]
        values = StorageFields(
            name: row[1], category: row[2], provider: StorageProvider(rawValue: row[3]),
            configuration: RawJSON(stored: row[4]).value.objectValue ?? [:], isDefault: row[5])
        created = row[6]
    }

    /// How much of the configuration is written.
    enum Shown {
        /// What is known to be no secret.
        case withoutSecrets
        case whole
    }

    /// Writes the row; `folder` is where the storage is that a tenant is born with, whose row names none.
    func write(to writer: inout JSONWriter, _ wanted: FieldSelection, _ shown: Shown, folder: String) {
        writer.object { writer in
            writer.member("id", wanted, id)
            writer.member("name", wanted, values.name)
            writer.member("category", wanted, values.category)
            writer.member("provider", wanted, values.provider)
            writer.member("configuration", wanted, JSONValue.object(configuration(shown, folder: folder)))
            writer.member("is_default", wanted, values.isDefault)
            writer.member("created", wanted, created)
        }
    }

    /// The configuration as it is used, or what of it is known to be no secret.
    func configuration(_ shown: Shown, folder: String) -> JSONObject {
        var complete = values.configuration
        if isBornWith { complete["location"] = .string(folder) }
        guard case .withoutSecrets = shown else { return complete }
        guard let keys = values.provider.keys else { return [:] }
        return JSONObject(
            complete.compactMap { member in
                guard let key = keys.key(member.key), !key.isSecret else { return nil }
                return JSONObject.Member(key: member.key, value: StorageValue.shown(member.value, key.kind))
            })
    }

    /// True for the storage that a tenant is born with: a folder of the data directory, which may move.
    var isBornWith: Bool { values.provider == .fileSystem && values.configuration["location"] == nil }
}

/// What a client can set of a storage.
struct StorageFields: Sendable {
    var name = ""
    var category = StorageCategory.internal.rawValue
    var provider: StorageProvider = .fileSystem
    var configuration: JSONObject = [:]
    var isDefault = false
}
