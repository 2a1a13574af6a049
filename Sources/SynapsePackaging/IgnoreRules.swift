/// Decides which files of a plugin's folder stay at home.
///
/// The rules are those of the Python SDK: patterns of `.gitignore`, `.synapseignore` and a list of its own, each
/// compared with the whole path, the name and every component. What Git's users expect beyond that leaves out more, never
/// less: a `/` at the start ties a pattern to the top, a pattern with a `/` inside also leaves out what is below such a
/// folder, and `**/` matches no folder too. `!` has no effect, in either program.
///
/// Source: docs/wire-protocol.md, "Publishing".
public struct IgnoreRules: Sendable {
    static let builtIn = [
        "__pycache__", "*.pyc", "*.pyo", "*.pyd", ".python-version", "*.egg-info", "*.egg", ".venv", "venv", ".env",
        "env",
        ".git", ".gitignore", ".gitattributes", ".svn", ".hg", ".idea", ".vscode", "*.swp", "*.swo", ".DS_Store",
        "Thumbs.db", "dist", "build", "node_modules", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".cache", ".tox",
        ".coverage", "htmlcov", "*.log",
    ]

    private struct Rule {
        var glob: Glob
        /// Only the whole path counts.
        var isAnchored: Bool
    }

    private var rules: [Rule] = []
    /// What a person should know about the patterns.
    public private(set) var notes: [String] = []

    /// Makes rules of the files' texts; the built-in patterns always hold.
    public init(gitignore: String? = nil, synapseignore: String? = nil) {
        for pattern in Self.builtIn { add(pattern) }
        for (file, text) in [(".gitignore", gitignore), (".synapseignore", synapseignore)] {
            // By bytes: a carriage return and a line feed are one character.
            let lines = (text ?? "").utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() {
                let pattern = Self.trimmed(Substring(line))
                if pattern.isEmpty || pattern.hasPrefix("#") { continue }
                if pattern.hasPrefix("!") {
                    notes.append(
                        "\(file):\(index + 1): \"\(pattern)\" has no effect: what another pattern leaves out stays out")
                }
                add(pattern)
            }
        }
    }

    private mutating func add(_ line: String) {
        var pattern = line[...]
        while pattern.last == "/" { pattern.removeLast() }
        if pattern.isEmpty { return }
        rules.append(Rule(glob: Glob(String(pattern)), isAnchored: false))
        if pattern.first == "/" {
            rules.append(Rule(glob: Glob(String(pattern.drop { $0 == "/" })), isAnchored: true))
        } else if pattern.hasPrefix("**/") {
            rules.append(Rule(glob: Glob(String(pattern.dropFirst(3))), isAnchored: false))
        }
    }

    /// Whether a file or folder stays at home; what is below such a folder does so too.
    ///
    /// - Parameter path: Relative to the plugin's folder, components joined by `/`.
    /// - Returns: Whether a pattern matches.
    public func ignores(_ path: String) -> Bool {
        let components = path.split(separator: "/").map(String.init)
        return rules.contains { rule in
            rule.glob.matches(path) || !rule.isAnchored && components.contains { rule.glob.matches($0) }
        }
    }

    private static func trimmed(_ line: Substring) -> String {
        var line = line.drop { $0.isWhitespace }
        while line.last?.isWhitespace == true { line.removeLast() }
        return String(line)
    }
}
