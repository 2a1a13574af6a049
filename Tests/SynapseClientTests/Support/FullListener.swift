import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A port of loopback whose queue of connections is full, so that a further one is neither taken nor refused.
final class FullListener: Sendable {
    let port: Int
    private let descriptors: [Int32]

    init() throws {
        #if canImport(Glibc)
        let stream = Int32(SOCK_STREAM.rawValue)
        #else
        let stream = SOCK_STREAM
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = socket(AF_INET, stream, 0)
        var descriptors = [listener]
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = unsafe bind(listener, pointer, length)
                _ = listen(listener, 0)
                _ = unsafe getsockname(listener, pointer, &length)
                // More than the queue holds; those that find no room stay in the making.
                for _ in 0..<8 {
                    let waiting = socket(AF_INET, stream, 0)
                    _ = fcntl(waiting, F_SETFL, O_NONBLOCK)
                    _ = unsafe connect(waiting, pointer, length)
                    descriptors.append(waiting)
                }
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        self.descriptors = descriptors
        try #require(port > 0)
    }

    deinit {
        for descriptor in descriptors { _ = close(descriptor) }
    }
}
