import SynapseModels

/// Turns the text parts of a form into the JSON object that they stand for.
///
/// Source: docs/wire-protocol.md, "Multipart".
struct FormFields {
    /// Parts that hold JSON.
    var json: Set<String> = []
    /// Parts of which each is one element of a list.
    var lists: Set<String> = []
    /// Parts that hold `True`, `true`, `1` or their opposites.
    var booleans: Set<String> = []

    /// - Throws: ``APIError`` that names the parts that cannot be read.
    func row(_ received: MultipartReceiver.Received) throws(APIError) -> JSONRow {
        var errors = FieldErrors()
        var object = JSONObject()
        for (name, text) in received.fields {
            if lists.contains(name) {
                object[name] = .array((object[name]?.arrayValue ?? []) + Self.elements(text))
            } else if booleans.contains(name) {
                object[name] = QueryParameters.boolean(text).map { .bool($0) } ?? .string(text)
            } else if json.contains(name) {
                do {
                    object[name] = try JSONValue(parsing: text)
                } catch {
                    errors.add(name, "Value must be valid JSON.")
                }
            } else {
                object[name] = .string(text)
            }
        }
        try errors.throwIfAny()
        return try JSONBody.object(RawJSON(.object(object)))
    }

    /// One element; or several, where a client wrote the whole list into one part.
    private static func elements(_ text: String) -> [JSONValue] {
        guard text.hasPrefix("["), let list = try? JSONValue(parsing: text).arrayValue else { return [.string(text)] }
        return list
    }
}
