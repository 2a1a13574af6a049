/// One `name=value` of a query.
///
/// A name may occur several times.
public struct QueryItem: Sendable, Hashable {
    /// The name, not encoded.
    public var name: String
    /// The value, not encoded.
    public var value: String

    /// Creates an item.
    ///
    /// - Parameters:
    ///   - name: The name, not encoded.
    ///   - value: The value, not encoded.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Creates an item of a claim, in the spelling of the wire: `True` or `False`.
    ///
    /// - Parameters:
    ///   - name: The name, not encoded.
    ///   - value: The claim.
    public init(_ name: String, _ value: Bool) {
        self.init(name, value ? "True" : "False")
    }

    /// Creates an item of a number.
    ///
    /// - Parameters:
    ///   - name: The name, not encoded.
    ///   - value: The number.
    public init(_ name: String, _ value: Int) {
        self.init(name, String(value))
    }
}

extension [QueryItem] {
    package var encoded: String {
        map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    }

    /// Reads the items of an encoded query.
    package init(query: String) {
        self = query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = PercentEncoding.decode(parts.first ?? "", plusIsSpace: true)
            return QueryItem(name, PercentEncoding.decode(parts.count > 1 ? parts[1] : "", plusIsSpace: true))
        }
    }
}
