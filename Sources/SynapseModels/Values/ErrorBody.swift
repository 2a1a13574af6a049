/// What an answer with an error status says in its body, in any of the forms that the platform uses.
///
/// Source: docs/wire-protocol.md, "Errors".
public struct ErrorBody: Sendable, Hashable {
    /// What is wrong with one field of the request.
    public struct FieldError: Sendable, Hashable {
        /// Where, such as `files.image` or `[3].data_unit`; empty for the request as a whole.
        public var path: String
        /// One or more sentences.
        public var messages: [String]

        /// Makes a field error.
        public init(path: String, messages: [String]) {
            self.path = path
            self.messages = messages
        }
    }

    /// The sentence for the request as a whole.
    public var detail: String?
    /// A word for programs, where the server gives one.
    public var code: String?
    /// What is wrong with single fields.
    public var fieldErrors: [FieldError]
    /// The identifier under which the server logged the request.
    public var requestID: String?

    /// Makes a body.
    public init(detail: String?, code: String? = nil, fieldErrors: [FieldError] = [], requestID: String? = nil) {
        self.detail = detail
        self.code = code
        self.fieldErrors = fieldErrors
        self.requestID = requestID
    }

    /// Reads a body.
    ///
    /// Understood: `{"detail": …}` with a text, a list of texts or a list of `{"loc", "msg"}`; such a list bare;
    /// `{"field": ["text"]}`; a list of those, one an item of the request; `{"error": {"code", "message", "details"}}`.
    /// - Returns: `nil` when the body is no JSON object or array.
    public init?(parsing bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes) else { return nil }
        self.init(detail: nil)
        switch value {
        case .object(let object): read(object)
        case .array(let elements): read(elements, path: "")
        case .string(let text): detail = text
        default: return nil
        }
    }

    private mutating func read(_ object: JSONObject) {
        if let error = object["error"]?.objectValue {
            detail = error["message"]?.stringValue
            code = error["code"]?.stringValue
            for entry in error["details"]?.arrayValue ?? [] {
                add(entry["field"]?.stringValue ?? "", entry["message"])
            }
            requestID = object["meta"]?["request_id"]?.stringValue
            return
        }
        code = object["code"]?.stringValue
        requestID = object["request_id"]?.stringValue
        for member in object {
            switch (member.key, member.value) {
            case ("detail", .string(let text)): detail = text
            case ("detail", .array(let elements)): read(elements, path: "")
            case ("detail", .object(let nested)): read(nested)
            case ("code", .string), ("request_id", _): continue
            case ("non_field_errors", let value): add("", value)
            case (let key, .array), (let key, .object), (let key, .string): add(key, member.value)
            default: continue
            }
        }
    }

    private mutating func read(_ elements: [JSONValue], path: String) {
        for (index, element) in elements.enumerated() {
            switch element {
            case .string(let text):
                add(path, .string(text))
            case .object(let object) where object["msg"] != nil:
                let place = (object["loc"]?.arrayValue ?? []).map { part in
                    part.stringValue ?? part.description
                }
                add(place.joined(separator: "."), object["msg"])
            case .object(let object):
                for member in object { add("\(path)[\(index)].\(member.key)", member.value) }
            default:
                continue
            }
        }
    }

    private mutating func add(_ path: String, _ value: JSONValue?) {
        switch value {
        case .string(let text):
            if let index = fieldErrors.firstIndex(where: { $0.path == path }) {
                fieldErrors[index].messages.append(text)
            } else {
                fieldErrors.append(FieldError(path: path, messages: [text]))
            }
        case .array(let elements):
            if elements.allSatisfy({ $0.stringValue != nil }) {
                for element in elements { add(path, element) }
            } else {
                read(elements, path: path)
            }
        case .object(let object):
            for member in object { add(path.isEmpty ? member.key : "\(path).\(member.key)", member.value) }
        default:
            break
        }
    }
}

extension ErrorBody: JSONWritable {
    /// Writes `{"detail", "code", "request_id"}` and the fields as `{"field": ["text"]}`; never a list of bare texts.
    ///
    /// A field of one of these three names takes its place: what is wrong with it says more.
    public func write(to writer: inout JSONWriter) {
        var names: [String] = []
        var messages: [String: [String]] = [:]
        for error in fieldErrors {
            let name = error.path.isEmpty ? "non_field_errors" : error.path
            if messages[name] == nil { names.append(name) }
            messages[name, default: []] += error.messages
        }
        writer.object { writer in
            for (name, text) in [("detail", detail), ("code", code)] where messages[name] == nil {
                writer.memberIfPresent(name, text)
            }
            for name in names { writer.member(name, messages[name] ?? []) }
            if messages["request_id"] == nil { writer.memberIfPresent("request_id", requestID) }
        }
    }
}
