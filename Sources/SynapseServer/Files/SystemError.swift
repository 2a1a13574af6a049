#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A failed system call: which one, on what, and why.
struct SystemError: Error, Sendable, CustomStringConvertible {
    let call: String
    let number: Int32
    /// The file or directory that it was about, when that is known.
    var path: String?

    /// True when the disk or the quota is full.
    var isOutOfSpace: Bool { number == ENOSPC || number == EDQUOT }

    /// True when there is no such file.
    var isMissing: Bool { number == ENOENT }

    /// True when the process or the system has no room for another open file.
    var isOutOfDescriptors: Bool { number == EMFILE || number == ENFILE }

    /// True when the system does not take what it was asked for.
    var isInvalidArgument: Bool { number == EINVAL }

    var description: String {
        let subject = path.map { "\(call) of \($0)" } ?? call
        let reason = unsafe String(cString: strerror(number))
        return "\(subject) failed: \(reason) (error \(number))"
    }

    /// Runs a system call again while it is interrupted, and throws when it fails.
    @discardableResult
    static func check<Value: FixedWidthInteger>(
        _ call: String, _ path: String? = nil, _ body: () -> Value
    ) throws(SystemError) -> Value {
        while true {
            let value = body()
            if value != -1 { return value }
            let number = errno
            if number != EINTR { throw SystemError(call: call, number: number, path: path) }
        }
    }
}
