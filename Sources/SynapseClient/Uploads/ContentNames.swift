/// The rules about a file's name.
///
/// Pure.
package enum ContentNames {
    /// What is after the last dot, in lower case; nothing for a name that begins with its only dot.
    package static func ext(of name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }

    package static func isCredential(_ name: String) -> Bool {
        let name = name.lowercased()
        return credentials.contains(name) || name.hasPrefix(".env.") || name.hasPrefix("credentials.")
            || credentialEndings.contains { name.hasSuffix($0) }
    }

    package static let programs: Set<String> = [
        "exe", "dll", "so", "dylib", "com", "scr", "msi", "cpl", "sys", "bat", "cmd", "ps1", "psm1", "vbs", "vbe",
        "wsf",
        "hta", "sh", "bash", "zsh", "csh", "ksh", "jar", "apk", "app", "deb", "rpm",
    ]

    private static let credentials: Set<String> = [
        ".env", "credentials", ".netrc", ".npmrc", ".pypirc", ".pgpass", ".htpasswd", "id_rsa", "id_dsa", "id_ecdsa",
        "id_ed25519",
    ]

    private static let credentialEndings = [".env", ".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".ppk"]
}
