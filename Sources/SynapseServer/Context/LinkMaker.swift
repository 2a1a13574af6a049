import HTTPTypes
import SynapseModels

/// Makes absolute links on the host that the client used.
///
/// Source: docs/wire-protocol.md, "Paging" and "Files".
struct LinkMaker: Sendable {
    /// Scheme and authority, without a final slash.
    let base: String
    let signer: URLSigner

    /// Chooses the host: the query's `url_host` wins, then the configured address, then a plausible `Host` header.
    init(hostHeader: String?, override: String?, publicURL: String?, fallback: String, signer: URLSigner) {
        self.signer = signer
        if let override, let base = Self.base(fromOverride: override) {
            self.base = base
        } else if let publicURL {
            base = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
        } else if let hostHeader, Self.isAuthority(hostHeader) {
            base = "http://" + hostHeader
        } else {
            base = fallback
        }
    }

    func absolute(_ path: String) -> String { base + path }

    func file(name: String, filename: String) -> String {
        base + signer.signedPath(name: name, filename: filename)
    }

    /// Where annotation data is, as long as it has the digest.
    func data(of owner: DataOwner, digest: String) -> String {
        base + signer.signedPath(folder: "data", name: owner.name, filename: digest + ".json")
    }

    private static func base(fromOverride text: String) -> String? {
        for scheme in ["http://", "https://"] where text.lowercased().hasPrefix(scheme) {
            var rest = text.dropFirst(scheme.count)
            while rest.hasSuffix("/") { rest.removeLast() }
            // A path is where a proxy in front has put the server.
            let path = rest.drop { $0 != "/" }
            guard isAuthority(rest[..<path.startIndex]), isPath(path) else { return nil }
            return scheme + rest
        }
        return isAuthority(text) ? "http://" + text : nil
    }

    /// True for a host name, an IPv4 or a bracketed IPv6 address, each with or without a port, and nothing else.
    static func isAuthority(_ text: some StringProtocol) -> Bool {
        guard (1...255).contains(text.utf8.count) else { return false }
        let host = Substring(text)
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            let inside = host[host.index(after: host.startIndex)..<end]
            guard !inside.isEmpty, inside.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return false }
            let rest = host[host.index(after: end)...]
            return rest.isEmpty || isPort(rest)
        }
        let name = host.prefix { $0 != ":" }
        guard !name.isEmpty, name.utf8.allSatisfy(isHostByte) else { return false }
        let rest = host[name.endIndex...]
        return rest.isEmpty || isPort(rest)
    }

    /// True for plain segments, each behind a slash; none is fine.
    private static func isPath(_ text: Substring) -> Bool {
        text.utf8.count <= 255
            && text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().allSatisfy { segment in
                !["", ".", ".."].contains(segment) && segment.utf8.allSatisfy(isHostByte)
            }
    }

    private static func isPort(_ text: Substring) -> Bool {
        guard text.first == ":", text.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(text.dropFirst())
        else { return false }
        return (1...65_535).contains(port)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
