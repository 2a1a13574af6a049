/// An absolute `http` or `https` address, split into the parts that decide about credentials.
///
/// Source: RFC 3986, sections 3 and 5.2, for the forms that a backend sends: absolute, relative to the host and
/// relative to the query. The text of path and query is kept as received, because a `next` link is followed verbatim.
package struct WebAddress: Sendable, Hashable {
    /// Scheme, host and port, lower case: what credentials belong to.
    package struct Origin: Sendable, Hashable, CustomStringConvertible {
        package let scheme: String
        package let host: String
        package let port: Int

        package var description: String { "\(scheme)://\(authority)" }

        /// Host with its port, without the port where it is the scheme's own.
        package var authority: String {
            port == (scheme == "https" ? 443 : 80) ? host : "\(host):\(port)"
        }

        /// Whether the host is this machine.
        package var isLoopback: Bool {
            host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" || host.hasPrefix("127.")
        }
    }

    package let origin: Origin
    /// Percent-encoded; empty or starting with `/`.
    package let path: String
    /// Percent-encoded, without the `?`.
    package let query: String?

    package init(origin: Origin, path: String, query: String?) {
        self.origin = origin
        self.path = path
        self.query = query
    }

    /// Reads an absolute address, or answers `nil` for anything else.
    ///
    /// User info is refused: a password does not belong into an address.
    package init?(_ text: String) {
        guard let separator = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = text[separator.upperBound...]
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let authority = rest[..<authorityEnd]
        guard let (host, port) = Self.split(authority: authority) else { return nil }
        let (path, query) = Self.split(reference: rest[authorityEnd...])
        guard Self.isPrintable(path), Self.isPrintable(query ?? "") else { return nil }
        origin = Origin(scheme: scheme, host: host, port: port ?? (scheme == "https" ? 443 : 80))
        self.path = path
        self.query = query
    }

    package var text: String { "\(origin)\(path)\(query.map { "?\($0)" } ?? "")" }

    /// Resolves a link of an answer: absolute, relative to the host, or to the base path.
    ///
    /// `prefix` is the path of the base URL. A link relative to the host that lacks it gets it, as the documented client
    /// joins such links to the base.
    package func resolving(_ link: String, prefix: String) -> WebAddress? {
        if link.contains("://") { return WebAddress(link) }
        if link.hasPrefix("//") { return WebAddress("\(origin.scheme):\(link)") }
        if link.hasPrefix("?") {
            return WebAddress("\(origin)\(path)\(link)")
        }
        let rooted = link.hasPrefix("/") ? link : "/\(link)"
        if prefix.isEmpty || rooted == prefix || rooted.hasPrefix("\(prefix)/") {
            return WebAddress("\(origin)\(rooted)")
        }
        return WebAddress("\(origin)\(prefix)\(rooted)")
    }

    private static func split(authority: Substring) -> (host: String, port: Int?)? {
        guard !authority.contains("@"), !authority.isEmpty else { return nil }
        let hostEnd: Substring.Index
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            hostEnd = authority.index(after: close)
        } else {
            hostEnd = authority.firstIndex(of: ":") ?? authority.endIndex
        }
        let host = authority[..<hostEnd].lowercased()
        let allowed = host.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7F && !"<>\"\\^`{|}%".utf8.contains(byte)
        }
        guard !host.isEmpty, allowed else { return nil }
        let tail = authority[hostEnd...]
        if tail.isEmpty || tail == ":" { return (host, nil) }
        guard tail.hasPrefix(":"), let port = Int(tail.dropFirst()), (1...65535).contains(port) else { return nil }
        return (host, port)
    }

    private static func split(reference: Substring) -> (path: String, query: String?) {
        let withoutFragment = reference.prefix { $0 != "#" }
        guard let mark = withoutFragment.firstIndex(of: "?") else { return (String(withoutFragment), nil) }
        return (String(withoutFragment[..<mark]), String(withoutFragment[withoutFragment.index(after: mark)...]))
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

/// Percent-encoding of path parts and query values (RFC 3986, section 2.3: only unreserved characters stay).
package enum PercentEncoding {
    package static func encode(_ text: some StringProtocol, keeping kept: String = "") -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            case let byte where kept.utf8.contains(byte):
                bytes.append(byte)
            default:
                bytes.append(contentsOf: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    package static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                continue
            }
            guard let high = iterator.next() else {
                bytes.append(byte)
                break
            }
            guard let low = iterator.next() else {
                bytes.append(contentsOf: [byte, high])
                break
            }
            if let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16) {
                bytes.append(value)
            } else {
                bytes.append(contentsOf: [byte, high, low])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
