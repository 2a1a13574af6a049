import ArgumentParser
import SynapseClient

/// What the content guard lets pass.
struct ContentOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            """
            Send what the content guard would refuse: a rule (SENSITIVE_FILE, EXECUTABLE, TYPE_MISMATCH, \
            SCRIPT_INJECTION) or a file. May be given several times.
            """, valueName: "rule|file"))
    var allow: [String] = []

    /// The guard with its exceptions.
    ///
    /// - Throws: ``UsageError`` for what is neither a rule nor a file: a slip of the pen must not pass for an exception.
    func makeGuard() throws -> ContentGuard {
        var result = ContentGuard()
        for exception in allow {
            let rule = ContentGuard.Rule(rawValue: exception.uppercased())
            if ContentGuard.Rule.all.contains(rule) {
                result.allowedRules.insert(rule)
            } else if case .missing = LocalFile(at: exception) {
                let rules = ContentGuard.Rule.all.map(\.rawValue).joined(separator: ", ")
                throw UsageError("--allow \(exception): neither a rule (\(rules)) nor a file")
            } else {
                result.allowedFiles.insert(exception)
            }
        }
        return result
    }
}
