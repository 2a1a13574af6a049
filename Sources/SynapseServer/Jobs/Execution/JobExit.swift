/// How a run ended, as far as its executor can tell.
///
/// Whether the job has succeeded is the scheduler's to say: a job may have reported its own end before.
struct JobExit: Sendable, Equatable {
    enum Cause: Sendable, Equatable {
        /// The program ended by itself with a status.
        case status(Int32)
        /// A signal ended it that nobody asked this server for.
        case signal(Int32)
        /// It was stopped by ``JobExecutor/stop(_:)``.
        case stopped
        /// It took longer than it may.
        case timeLimit
        /// It needed more memory than it may have.
        case memoryLimit
        /// It never came to run: its packages could not be installed, its archive not unpacked.
        case preparation
        /// It is gone and left no word of how it ended.
        case lost
    }

    var cause: Cause
    /// What the executor says beside it, for people; `nil` when the cause says all.
    var reason: String?
    /// When it ended, where the executor knows; it may be long ago.
    var time: String?

    init(_ cause: Cause, reason: String? = nil) {
        self.cause = cause
        self.reason = reason
    }

    var isSuccess: Bool { cause == .status(0) }
}
