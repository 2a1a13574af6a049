#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The error numbers that the client tells apart.
package enum Errno {
    package static let refused = ECONNREFUSED
    package static let hostUnreachable = EHOSTUNREACH
    package static let networkUnreachable = ENETUNREACH
    package static let hostDown = EHOSTDOWN
    package static let timedOut = ETIMEDOUT
}
