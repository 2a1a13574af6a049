/// Where a Ray cluster's dashboard answers: `http://HOST:8265`, with a path when it stands behind one.
struct RayAddress: Sendable, Equatable, CustomStringConvertible {
    static let standardPort = 8265

    let isSecure: Bool
    /// Without the brackets of an IPv6 address.
    let host: String
    let port: Int
    /// What comes before `/api`; empty, or begins with a slash and ends without one.
    let path: String

    /// Reads an address; `nil` when it is none, or holds a user, a query or a fragment.
    init?(_ text: String) {
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, ["http", "https"].contains(parts[0].lowercased()) else { return nil }
        isSecure = parts[0].lowercased() == "https"
        let rest = parts[1]
        guard rest.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !Array("@?#\\%\"<>".utf8).contains($0) }) else {
            return nil
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        path = String(rest[slash...].reversed().drop { $0 == "/" }.reversed())
        guard let (host, port) = Self.authority(rest[..<slash]) else { return nil }
        self.host = host
        self.port = port ?? (isSecure ? 443 : Self.standardPort)
    }

    /// As it stands in messages, and as requests begin.
    var description: String { "\(isSecure ? "https" : "http")://\(authority)\(path)" }

    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private static func authority(_ text: Substring) -> (host: String, port: Int?)? {
        var host = text
        var port: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
            guard !host.contains(":") else { return nil }
        }
        guard !host.isEmpty, !host.contains("/") else { return nil }
        guard let port else { return (String(host), nil) }
        guard let number = Int(port), (1...65535).contains(number) else { return nil }
        return (String(host), number)
    }
}
