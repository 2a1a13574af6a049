/// Something in a plugin's configuration that a person should know.
public struct ConfigProblem: Sendable, Hashable, CustomStringConvertible {
    /// Whether the plugin can be published in spite of it.
    public enum Severity: String, Sendable {
        /// It can't.
        case error
        /// It can.
        case warning
    }

    /// How bad it is.
    public var severity: Severity
    /// The file, as it was named.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The column, from 1.
    public var column: Int
    /// The key's path, such as `actions.train.method`; empty for the whole document.
    public var key: String
    /// One sentence.
    public var message: String

    /// One line in the form that compilers use.
    public var description: String {
        "\(file):\(line):\(column): \(severity.rawValue): \(key.isEmpty ? "" : "\(key): ")\(message)"
    }
}

/// A configuration that can't be published, with everything that is wrong with it.
public struct InvalidConfig: Error, Sendable, CustomStringConvertible {
    /// Errors and warnings, in the order of the file.
    public var problems: [ConfigProblem]

    /// A line for each problem.
    public var description: String {
        let errors = problems.count { $0.severity == .error }
        let count = errors == 1 ? "1 error" : "\(errors) errors"
        return "the plugin's configuration has \(count):\n"
            + problems.map { "  \($0)" }.joined(separator: "\n")
    }
}
