import SynapseModels

/// The body that sets tags, in its two forms: `ids`, `tags` and `action`, or the older names, which add.
struct TagsForm: Sendable {
    let ids: [Int64]
    let tags: [Int64]
    let isAdding: Bool
    /// The names that the client used, for messages.
    let idsKey: String
    let tagsKey: String

    init(_ row: JSONRow, olderIDsKey: String) throws(APIError) {
        var reader = FieldReader(row)
        idsKey = row.contains("ids") || !row.contains(olderIDsKey) ? "ids" : olderIDsKey
        tagsKey = row.contains("tags") || !row.contains("tag_ids") ? "tags" : "tag_ids"
        ids = reader.identifiers(idsKey)
        tags = reader.identifiers(tagsKey)
        let action = reader.word("action", fallback: TagAction.add.rawValue, of: TagAction.known.map(\.rawValue))
        isAdding = action == TagAction.add.rawValue
        let (taggings, overflow) = ids.count.multipliedReportingOverflow(by: tags.count)
        if overflow || taggings > 100_000 {
            reader.errors.add(idsKey, "At most 100000 taggings in one request.")
        }
        try reader.errors.throwIfAny()
    }
}
