import GRDB
import SynapseModels

/// A checked request for a new plugin release.
struct PluginReleaseForm: Sendable {
    static let fields = FormFields(json: ["config", "meta"], lists: ["requirements"], booleans: ["debug"])

    let plugin: PluginReference
    let values: PluginReleaseValues
    private let row: JSONRow

    init(_ row: JSONRow) throws(APIError) {
        self.row = row
        var reader = FieldReader(row)
        var plugin: PluginReference = .code("")
        if let raw = row["plugin"], !raw.isNull {
            do {
                plugin = try PluginReference(reading: raw)
            } catch {
                reader.errors.add("plugin", "A plugin's code or id is required.")
            }
        } else {
            reader.errors.add("plugin", "This field is required.")
        }
        self.plugin = plugin
        values = PluginReleaseValues(
            version: reader.text("version", fallback: nil, maximum: 100, allowsEmpty: false),
            config: reader.object("config", fallback: "{}"),
            requirements: Self.requirements(&reader),
            readme: reader.text("readme", fallback: "", maximum: 1_000_000),
            debug: reader.boolean("debug", fallback: false),
            meta: reader.object("meta", fallback: "{}")
        )
        // A version stands in look-ups, which are paths.
        if values.version.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            reader.errors.add("version", "Control characters are not allowed.")
        }
        try reader.errors.throwIfAny()
    }

    /// The plugin, made of the configuration when its code is new, as the platform's own publishing expects.
    ///
    /// - Throws: ``APIError`` when there is none and the configuration has no name to make one of.
    func findOrMakePlugin(_ db: Database, _ repository: PluginRepository) throws -> PluginRecord {
        let manifest = values.config == "{}" ? nil : values.config
        let config = try? row["config"]?.row()
        let named = try? config?.readIfPresent("code", as: String.self)
        if let found = try repository.find(db, plugin) {
            // A code that reads as a number would else be a release of the plugin that has the number.
            if let named, named != found.values.code { throw Self.otherCode(named) }
            guard let manifest else { return found }
            var changed = found.values
            changed.manifest = manifest
            return try repository.update(db, found.id, changed)
        }
        guard case .code(let code) = plugin else { throw Self.unknown(plugin) }
        guard let config, config.contains("name") else { throw Self.unknown(plugin) }
        if let named, named != code { throw Self.otherCode(named) }
        var made: PluginValues
        do {
            var wanted = JSONObject()
            for key in ["name", "category", "description"] { wanted[key] = config[key]?.value }
            wanted["code"] = .string(code)
            made = try PluginRoutes.values(try JSONBody.object(RawJSON(.object(wanted))), over: nil)
        } catch {
            guard case .fields(let errors) = error.body else { throw error }
            var inside = FieldErrors()
            for field in errors.fields {
                for message in field.messages { inside.add("config", "\(field.name): \(message)") }
            }
            throw APIError(inside)
        }
        made.manifest = manifest
        return try repository.create(db, made)
    }

    private static func otherCode(_ code: String) -> APIError {
        APIError.field("plugin", "The code in the configuration is another: \"\(code.prefix(200))\".")
    }

    private static func unknown(_ plugin: PluginReference) -> APIError {
        APIError.field(
            "plugin",
            "There is no plugin \"\(plugin.text.prefix(200))\"; a configuration with a name would make it.")
    }

    private static func requirements(_ reader: inout FieldReader) -> String {
        guard let raw = reader.row["requirements"], !raw.isNull else { return "[]" }
        guard let list = try? [String](reading: raw) else {
            reader.errors.add("requirements", "A list of strings is required.")
            return "[]"
        }
        return String(decoding: list.jsonBytes(), as: UTF8.self)
    }
}
