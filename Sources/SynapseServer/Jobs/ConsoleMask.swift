/// Takes a job's own token out of what the job prints.
///
/// The token itself is kept nowhere: whatever has the form of a token is hashed, and compared with the digest that is.
struct ConsoleMask: Sendable {
    private static let replacement = Array("<redacted>".utf8)
    private static let prefix = Array(TokenMaker.prefix.utf8)
    private static let byteCount = prefix.count + TokenMaker.digitCount

    /// Of the token.
    let digest: String

    func text(of text: String) -> String {
        guard text.utf8.count >= Self.byteCount else { return text }
        let bytes = Array(text.utf8)
        var masked: [UInt8] = []
        var kept = 0
        var start = 0
        while start + Self.byteCount <= bytes.count {
            guard let found = bytes[start...].firstIndex(of: Self.prefix[0]), found + Self.byteCount <= bytes.count
            else {
                break
            }
            start = found + 1
            guard bytes[found...].starts(with: Self.prefix) else { continue }
            let end = found + Self.byteCount
            let token = String(decoding: bytes[found..<end], as: UTF8.self)
            guard Hexadecimal.isText(token.dropFirst(Self.prefix.count), digitCount: TokenMaker.digitCount),
                Authenticator.digest(token) == digest
            else { continue }
            masked += bytes[kept..<found] + Self.replacement
            (kept, start) = (end, end)
        }
        return kept == 0 ? text : String(decoding: masked + bytes[kept...], as: UTF8.self)
    }
}
