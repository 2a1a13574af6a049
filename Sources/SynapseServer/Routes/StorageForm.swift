import SynapseModels

/// Reads a storage over its old values; a new one needs a name, a provider and a configuration.
enum StorageForm {
    static func fields(_ row: JSONRow, over old: StorageFields?) throws(APIError) -> StorageFields {
        let base = old ?? StorageFields()
        var reader = FieldReader(row)
        var fields = StorageFields(
            name: reader.text("name", fallback: old?.name, maximum: 200, allowsEmpty: false),
            category: reader.word("category", fallback: base.category, of: StorageCategory.known.map(\.rawValue)),
            provider: StorageProvider(
                rawValue: reader.text("provider", fallback: old?.provider.rawValue, maximum: 50, allowsEmpty: false)),
            configuration: base.configuration,
            isDefault: reader.boolean("is_default", fallback: base.isDefault)
        )
        readConfiguration(&fields, over: old, &reader)
        if fields.isDefault, fields.category != StorageCategory.internal.rawValue {
            reader.errors.add("is_default", "Only an internal storage can be the default.")
        }
        if base.isDefault, !fields.isDefault {
            reader.errors.add("is_default", "Make another storage the default instead.")
        }
        try reader.errors.throwIfAny()
        return fields
    }

    private static func readConfiguration(
        _ fields: inout StorageFields, over old: StorageFields?, _ reader: inout FieldReader
    ) {
        let isOther = old.map { $0.provider != fields.provider } ?? true
        guard let raw = reader.row["configuration"], !raw.isNull else {
            if isOther { reader.errors.add("configuration", "This field is required.") }
            return
        }
        guard let sent = raw.value.objectValue else {
            reader.errors.add("configuration", "Value must be an object.")
            return
        }
        // Secrets are not shown, so what is not sent again must stay; another kind of place starts anew.
        var configuration = isOther ? JSONObject() : fields.configuration
        for member in sent {
            // A bare `nil` would be the JSON value.
            configuration[member.key] = member.value.isNull ? JSONValue?.none : member.value
        }
        fields.configuration = configuration
        for problem in StorageValue.problems(configuration, of: fields.provider) {
            reader.errors.add("configuration", problem)
        }
    }
}
