/// Why Ray could not do what it was asked; the message names the address.
struct RayError: Error, Sendable, CustomStringConvertible {
    enum Code: String, Sendable {
        /// Nothing listens at the address, or no way leads there.
        case unreachable
        /// The name of the host is not known.
        case unknownHost = "unknown_host"
        /// No answer came in time, or the connection ended before one.
        case noAnswer = "no_answer"
        /// Ray answers that it cannot do it now: a status of 500 and above, or 429.
        case failing
        /// What answers is not Ray's Jobs API.
        case notRay = "not_ray"
        /// Ray knows no such thing.
        case notFound = "not_found"
        /// Ray understood, and will never do it.
        case refused
    }

    var code: Code
    /// One sentence that names the address.
    var message: String

    var description: String { "\(code.rawValue): \(message)" }

    /// As the seam of executors says it: all but a refusal may go over.
    var executorError: JobExecutorError {
        switch code {
        case .refused: .refused(message)
        case .notFound: .unknownRun(message)
        case .unreachable, .unknownHost, .noAnswer, .failing, .notRay: .unavailable(message)
        }
    }
}
