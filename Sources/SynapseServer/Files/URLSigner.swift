import Crypto

/// Signs links to files, which clients follow without credentials, and checks them.
///
/// The signature covers the content's name, the filename in the link and the time of expiry. The filename counts as it
/// reads, not as it is spelled: clients write percent codes anew, each in its own way. Times of expiry are rounded, so
/// that the same link is given for a while and caches can hold it.
/// Source: docs/wire-protocol.md, "Files".
struct URLSigner: Sendable {
    /// Links last at least this long, in seconds.
    static let lifetime = 24 * 3600
    /// Links stay the same for up to this long, in seconds.
    static let granularity = 6 * 3600

    private let key: SymmetricKey
    private let now: @Sendable () -> Int

    init(secret: String, now: @escaping @Sendable () -> Int = { WireTime.epochSeconds }) {
        key = SymmetricKey(data: Array(secret.utf8))
        self.now = now
    }

    func signedPath(folder: String = "media", name: String, filename: String) -> String {
        let expires = (now() / Self.granularity + 1) * Self.granularity + Self.lifetime
        // Clients take a segment of dots for a way through folders.
        let shown = filename.isEmpty || filename == "." || filename == ".." ? "file" : filename
        let path = "/\(folder)/\(name)/\(PercentCoding.encode(shown))"
        return "\(path)?expires=\(expires)&signature=\(signature(name, shown, expires))"
    }

    /// Checks a link; the filename is as it reads, without percent codes.
    func isValid(name: String, filename: String, expires: String, signature: String) -> Bool {
        guard let time = Int(expires), time >= now() else { return false }
        return ConstantTime.areEqual(self.signature(name, filename, time), signature)
    }

    /// Whether a moment, in seconds since 1970, has passed.
    func isOver(_ time: Int) -> Bool { time < now() }

    /// The authentication code of a text.
    func code(for text: String) -> String {
        Hexadecimal.text(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }

    private func signature(_ name: String, _ filename: String, _ expires: Int) -> String {
        code(for: "\(name)\n\(filename)\n\(expires)")
    }
}
