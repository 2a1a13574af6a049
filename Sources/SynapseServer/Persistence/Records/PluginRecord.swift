import GRDB
import SynapseModels

/// A row of `plugin`.
struct PluginRecord: Sendable {
    static let columns = """
        plugin.id, plugin.code, plugin.name, plugin.category, plugin.description, plugin.is_active, plugin.is_public, \
        plugin.system_only, plugin.detail, plugin.manifest, plugin.created
        """

    let id: Int64
    let created: String
    let values: PluginValues

    init(row: Row) {
        id = row[0]
        created = row[10]
        values = PluginValues(
            code: row[1], name: row[2], category: row[3], description: row[4], isActive: row[5], isPublic: row[6],
            systemOnly: row[7], detail: row[8], manifest: row[9])
    }

    func write(to writer: inout JSONWriter, _ wanted: FieldSelection) {
        writer.object { writer in
            writer.member("id", wanted, id)
            writer.member("code", wanted, values.code)
            writer.member("name", wanted, values.name)
            writer.member("category", wanted, values.category)
            writer.member("description", wanted, values.description)
            writer.member("is_active", wanted, values.isActive)
            writer.member("is_public", wanted, values.isPublic)
            writer.member("system_only", wanted, values.systemOnly)
            writer.member("detail", wanted, values.detail.map(RawJSON.init(stored:)))
            writer.member("manifest", wanted, values.manifest.map(RawJSON.init(stored:)))
            writer.member("created", wanted, created)
        }
    }
}

/// What a client can set of a plugin.
struct PluginValues: Sendable {
    var code = ""
    var name = ""
    var category = PluginCategory.custom.rawValue
    var description = ""
    var isActive = true
    var isPublic = false
    var systemOnly = false
    var detail: String?
    var manifest: String?
}

/// The names that programs call plugins by.
enum PluginCode {
    static let rule =
        "Enter a code of at most 200 letters, digits, hyphens, underscores and dots that begins with a letter or a digit "
        + "and is not digits alone."

    /// Codes stand in paths and, before an `@`, in look-ups; digits alone would be a number.
    static func isValid(_ code: String) -> Bool {
        guard (1...200).contains(code.utf8.count), let first = code.utf8.first, isAlphanumeric(first) else {
            return false
        }
        return code.utf8.allSatisfy { isAlphanumeric($0) || [0x2D, 0x2E, 0x5F].contains($0) }
            && !code.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// A code made of a name: what is no letter or digit of ASCII becomes one hyphen; nil when nothing remains.
    static func derived(from name: String) -> String? {
        let words = name.lowercased().split { character in
            !character.utf8.allSatisfy(isAlphanumeric)
        }
        let code = String(words.joined(separator: "-").prefix(200))
        return isValid(code) ? code : nil
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}
