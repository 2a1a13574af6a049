/// The exit codes of `synapse`.
enum ProgramExit: Int32, Sendable {
    case done = 0
    case failed = 1
    case someItemsFailed = 2
    case notAllowed = 3
    case notFound = 4
    case unreachable = 5
    case usage = 64
    case interrupted = 130
    /// What a shell shows of a program that SIGPIPE ended.
    case readerGone = 141
}
