/// Runs the actions of plugins: as processes of this machine, or on a cluster.
///
/// What a run is known by, its handle, is chosen before the run begins and kept with the job's row. So a server that ends
/// at any moment finds each run again: it follows a handle that it kept, and one that names nothing was never begun.
///
/// An executor keeps no state of runs that a restart would lose, and reports no state of jobs: ``JobScheduler`` reads
/// output and ends from ``follow(_:from:_:)`` and writes the rows. Each method can be cancelled; a cancelled
/// ``follow(_:from:_:)`` leaves the run going.
///
/// Every implementation passes `JobExecutorConformance` of the tests.
protocol JobExecutor: Sendable {
    /// What the rows of jobs say who ran them, such as `local` or `ray`; one word that never changes.
    var name: String { get }

    /// Whether runs happen on other machines, which reach the backend by its public address and not over loopback.
    var isRemote: Bool { get }

    /// Chooses the handle of a run that has not begun: text that is kept, at most 500 bytes, without secrets.
    ///
    /// Does nothing else; the same run may be asked for again.
    func makeHandle(for run: JobRun) -> String

    /// Begins a run under its handle and returns when it is on its way, which may be before its first line.
    ///
    /// What takes long, such as installing packages, belongs to the run and is part of its output. A run whose handle is
    /// under way already is not begun a second time; that is no error.
    ///
    /// - Throws: ``JobExecutorError``; `.unavailable` when it can be tried again later as it is (nothing was begun),
    ///   `.refused` when this run can never begin.
    func start(_ run: JobRun, handle: String) async throws

    /// Reads a run's output from a position on, as it comes, until the run has ended and all of its output was read.
    ///
    /// The first piece comes at once and is empty: it says that the run is there.
    ///
    /// The position counts the bytes of the output since the run began, standard output and errors together. The same
    /// positions hold the same bytes whenever they are read. The next piece is read when the closure has returned, so a
    /// slow reader holds one piece in memory. Bytes are as the program wrote them: not cut at lines, not checked.
    ///
    /// - Parameters:
    ///   - handle: What the run was started under.
    ///   - position: How many bytes of output are known already; 0 for all.
    ///   - output: Takes a piece of at most 1 MiB; what it throws ends the call and is thrown.
    /// - Returns: How the run ended.
    /// - Throws: ``JobExecutorError``; `.unknownRun` when nothing was ever begun under the handle, or its traces are gone;
    ///   `.unavailable` when the run may go on but cannot be followed now.
    func follow(
        _ handle: String, from position: Int64, _ output: (JobOutput) async throws -> Void
    ) async throws -> JobExit

    /// Asks a run to end, and makes it end when it does not: the program and all that it has started.
    ///
    /// Returns when that is under way or when there is nothing to stop; the end itself comes from
    /// ``follow(_:from:_:)``. May be called more than once.
    ///
    /// - Throws: ``JobExecutorError`` coded `.unavailable`.
    func stop(_ handle: String) async throws

    /// Removes what a run that has ended left behind; its output cannot be followed any more.
    ///
    /// A handle that names nothing is fine.
    /// - Throws: ``JobExecutorError`` coded `.unavailable`.
    func discard(_ handle: String) async throws

    /// Removes what no run has used for long.
    func tidy() async throws

    /// Whether runs can begin now. Answers within a few seconds and never throws.
    func health() async -> JobExecutorHealth
}

extension JobExecutor {
    func tidy() async throws {}
}

/// A piece of what a run has printed.
struct JobOutput: Sendable {
    /// The bytes as the program wrote them.
    var bytes: [UInt8]
    /// The position behind the last of them: what to follow from next.
    var end: Int64
    /// When they were written, as well as that is known; `nil` for now.
    var time: String?
}

/// Whether an executor can begin runs.
enum JobExecutorHealth: Sendable, Equatable {
    /// Runs can begin; the text says with what, for people.
    case ready(String)
    /// They cannot; the text says why, and which address does not answer.
    case unavailable(String)

    var isReady: Bool { if case .ready = self { true } else { false } }

    var text: String {
        switch self {
        case .ready(let text), .unavailable(let text): text
        }
    }
}

/// Why an executor could not do what it was asked.
struct JobExecutorError: Error, Sendable, CustomStringConvertible {
    enum Code: String, Sendable {
        /// Cannot be done now; the same may work later. The scheduler keeps the job and tries again.
        case unavailable
        /// Can never be done: the run itself is at fault. The job fails.
        case refused
        /// There is no run of this handle. The job fails when it was begun.
        case unknownRun = "unknown_run"
    }

    var code: Code
    /// One sentence for a person; names the address of a service that is at fault, holds no secrets.
    var message: String

    var isRetryable: Bool { code == .unavailable }

    var description: String { "\(code.rawValue): \(message)" }

    static func unavailable(_ message: String) -> Self { Self(code: .unavailable, message: message) }
    static func refused(_ message: String) -> Self { Self(code: .refused, message: message) }
    static func unknownRun(_ message: String) -> Self { Self(code: .unknownRun, message: message) }
}
