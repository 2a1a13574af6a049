import HTTPTypes
import SynapseModels

/// Whether a storage can be opened with what is registered for it.
enum StorageAccess {
    /// Answers until when it can be, or nil when there is no end.
    ///
    /// - Throws: ``APIError`` with status 400 and a `code`: `provider_unsupported`, `credential_not_registered` or
    ///   `expired`.
    static func check(_ record: StorageRecord) throws(APIError) -> String? {
        let provider = record.values.provider
        guard let keys = provider.keys else {
            throw refusal("provider_unsupported", "This server knows no storages of \"\(provider)\".")
        }
        for names in keys.credentials where !StorageValue.isComplete(names, record.values.configuration) {
            throw refusal(
                "credential_not_registered",
                "The storage has no \(names.sorted().joined(separator: " and ")) registered.")
        }
        guard let expires = expiry(record.values.configuration) else { return nil }
        guard expires > WireTime.now() else {
            throw refusal("expired", "The credential of the storage has expired.")
        }
        return expires
    }

    /// When a signature of Azure ends: the item `se` of its query.
    private static func expiry(_ configuration: JSONObject) -> String? {
        guard let token = configuration["sas_token"]?.stringValue else { return nil }
        let query = QueryParameters(token.hasPrefix("?") ? token.dropFirst() : token[...])
        return query["se"].flatMap(WireTime.normalized)
    }

    private static func refusal(_ code: String, _ detail: String) -> APIError {
        APIError(.badRequest, detail, extra: [("code", .string(code))])
    }
}
