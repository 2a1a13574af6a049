/// A reason why JSON text, or a value in it, could not be read.
///
/// Source: RFC 8259 for the syntax; the wire protocol for what a field must hold.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of problem it is.
    ///
    /// Open: a code of a later version is kept as it is.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The code as text.
        public let rawValue: String

        /// Makes a code from its text.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The text is not JSON.
        public static let syntax = Self(rawValue: "syntax")
        /// The bytes are not UTF-8.
        public static let utf8 = Self(rawValue: "utf8")
        /// The text is nested deeper than ``JSONLimits/maximumDepth``.
        public static let depth = Self(rawValue: "depth")
        /// The text is longer than ``JSONLimits/maximumByteCount``.
        public static let size = Self(rawValue: "size")
        /// A required member is absent.
        public static let missing = Self(rawValue: "missing")
        /// A value has another type than expected.
        public static let type = Self(rawValue: "type")
        /// A value has the right type but is outside of what the field allows.
        public static let value = Self(rawValue: "value")
    }

    /// The kind of problem.
    public var code: Code
    /// One sentence that says what was expected and what was found.
    ///
    /// It never holds the document's text.
    public var message: String
    /// Where it is, such as `results[3].data_unit`; empty for the document itself.
    public var path: String
    /// The byte offset in the document, for problems of syntax.
    public var offset: Int?

    /// Makes an error.
    public init(_ code: Code, _ message: String, path: String = "", offset: Int? = nil) {
        self.code = code
        self.message = message
        self.path = path
        self.offset = offset
    }

    /// The error in one line: path, message and offset.
    public var description: String {
        let place = path.isEmpty ? "" : "\(path): "
        let at = offset.map { " (byte \($0))" } ?? ""
        return "\(place)\(message)\(at)"
    }

    /// Returns the same error, one level further out: `key` put before the path.
    public func nested(in key: String) -> JSONError {
        var error = self
        error.path = path.isEmpty ? key : path.hasPrefix("[") ? key + path : "\(key).\(path)"
        return error
    }
}
