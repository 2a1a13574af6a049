import Crypto
import _CryptoExtras

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A password as it is kept: PBKDF2 with HMAC-SHA-256, RFC 8018 section 5.2, over a random salt.
///
/// The text names its own number of rounds, so that a later version can use more of them.
enum PasswordDigest {
    static let rounds = 600_000
    private static let name = "pbkdf2-sha256"
    private static let saltByteCount = 16
    private static let byteCount = 32

    /// Takes about half a second of one core.
    static func make(_ password: String) throws -> String {
        let salt = Hexadecimal.random(byteCount: saltByteCount)
        return "\(name)$\(rounds)$\(salt)$\(try derive(password, salt: salt, rounds: rounds))"
    }

    /// Compares in a time that does not tell how much of the digest is right.
    static func matches(_ password: String, _ kept: String) throws -> Bool {
        let parts = kept.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts[0] == name, let rounds = Int(parts[1]) else { return false }
        return ConstantTime.areEqual(try derive(password, salt: parts[2], rounds: rounds), parts[3])
    }

    private static func derive(_ password: String, salt: String, rounds: Int) throws -> String {
        let key = try KDF.Insecure.PBKDF2.deriveKey(
            from: Array(password.utf8), salt: Array(salt.utf8), using: .sha256, outputByteCount: byteCount,
            rounds: rounds)
        return unsafe key.withUnsafeBytes { unsafe Hexadecimal.text($0) }
    }
}
