import Logging

/// Where the program's libraries log: standard error.
enum ProgramLog {
    /// The client's logger: what matters to a person is in the errors that the commands print, and long waits.
    static let client = logger("synapse.client", level: .notice)

    /// A logger that drops what is below a level.
    static func logger(_ label: String, level: Logger.Level) -> Logger {
        var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return logger
    }
}
