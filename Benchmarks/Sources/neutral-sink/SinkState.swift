import Crypto
import NIOConcurrencyHelpers
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the connections share: uploads under way, and counters of what came.
final class SinkState: Sendable {
    struct Upload {
        var digest = Insecure.MD5()
        var offset: Int64 = 0
        var total: Int64 = 0
    }

    struct Counters {
        var requests = 0
        var bodyBytes: Int64 = 0
    }

    let latency: TimeAmount
    let taskCount: Int
    private let uploads = NIOLockedValueBox<[Int: Upload]>([:])
    private let counters = NIOLockedValueBox(Counters())
    private let nextID = NIOLockedValueBox(1)

    init(latency: TimeAmount, taskCount: Int) {
        self.latency = latency
        self.taskCount = taskCount
    }

    func makeID() -> Int {
        nextID.withLockedValue { id in
            defer { id += 1 }
            return id
        }
    }

    func take(_ id: Int) -> Upload? { uploads.withLockedValue { $0[id] } }

    func keep(_ id: Int, _ upload: Upload) { uploads.withLockedValue { $0[id] = upload } }

    func note(bodyBytes: Int64) {
        counters.withLockedValue {
            $0.requests += 1
            $0.bodyBytes += bodyBytes
        }
    }

    /// The counters since the last call.
    func drain() -> Counters {
        counters.withLockedValue { counters in
            defer { counters = Counters() }
            return counters
        }
    }
}

func fflushStandardOutput() {
    fflush(nil)
}
