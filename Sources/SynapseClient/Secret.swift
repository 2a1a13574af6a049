/// A token or another value that must not be shown.
///
/// Description, debug description and mirror are redacted, so that neither `print`, string interpolation nor `dump`
/// shows the value. Only the authentication step of the client reads it.
public struct Secret: Sendable, Hashable {
    package let value: String

    /// Wraps a value.
    ///
    /// Surrounding white space, as a file or a shell may leave it, is removed.
    ///
    /// - Parameter value: The token.
    public init(_ value: String) {
        var text = Substring(value)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        self.value = String(text)
    }
}

extension Secret: ExpressibleByStringLiteral {
    /// Wraps a literal; for tests and examples.
    public init(stringLiteral value: String) { self.init(value) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<redacted>`.
    public var description: String { "<redacted>" }
    /// Always `<redacted>`.
    public var debugDescription: String { "<redacted>" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Removes the secrets of a client from text that a server wrote.
package struct Redactor: Sendable {
    private let secrets: [String]

    package init(_ secrets: [Secret?]) {
        // Very short values would blank out innocent text; a token of three characters protects nothing anyway.
        self.secrets = secrets.compactMap { $0?.value }.filter { $0.utf8.count > 3 }
    }

    private init(_ secrets: [String]) {
        self.secrets = secrets
    }

    /// The same with the secrets of one request.
    package func adding(_ more: [Secret]) -> Redactor {
        more.isEmpty ? self : Redactor(secrets + Redactor(more).secrets)
    }

    /// The text with every secret replaced.
    package func clean(_ text: String) -> String {
        var result = text
        for secret in secrets {
            guard result.contains(secret) else { continue }
            result = result.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "<redacted>")
        }
        return result
    }

    /// The bytes with every secret replaced; bytes without one come back as they are.
    package func clean(_ bytes: [UInt8]) -> [UInt8] {
        guard !secrets.isEmpty else { return bytes }
        let text = String(decoding: bytes, as: UTF8.self)
        let cleaned = clean(text)
        return cleaned == text ? bytes : Array(cleaned.utf8)
    }
}
