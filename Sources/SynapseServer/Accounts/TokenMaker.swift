import Crypto

/// Makes tokens.
///
/// A token is shown once and never kept, so the answer that shows it cannot be kept for a repeated request either. A
/// request with an idempotency key gets a token that is computed from the key: the repetition computes the same one. The
/// secret of it lives in this process alone, so what is stored gives no token away.
struct TokenMaker: Sendable {
    private static let byteCount = 24
    /// What every token begins with; as many hexadecimal digits follow as the other constant says.
    static let prefix = "syn_"
    static let digitCount = byteCount * 2
    private let key = SymmetricKey(size: .bits256)

    static func random() -> String { Self.prefix + Hexadecimal.random(byteCount: byteCount) }

    /// A new token, or the one of the same request before.
    func make(_ identity: Identity, _ idempotencyKey: IdempotencyKey?) -> String {
        guard let key = idempotencyKey else { return Self.random() }
        let text = Array("\(identity.tenantID)\n\(identity.userID)\n\(key.fingerprint)\n\(key.text)".utf8)
        let code = HMAC<SHA256>.authenticationCode(for: text, using: self.key)
        return Self.prefix + Hexadecimal.text(code.prefix(Self.byteCount))
    }
}
