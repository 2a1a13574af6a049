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
        let spool = Spool()
        var offset: Int64 = 0
        var total: Int64 = 0
        /// The MD5 that the client gave for all of it.
        var digest = ""
    }

    struct Counters {
        var requests = 0
        var bodyBytes: Int64 = 0
        /// Finished uploads whose bytes have the MD5 that the client gave, and others.
        var verified = 0
        var spoiled = 0
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

    func upload(_ id: Int) -> Upload {
        uploads.withLockedValue { uploads in
            let upload = uploads[id] ?? Upload()
            uploads[id] = upload
            return upload
        }
    }

    func keep(_ id: Int, _ upload: Upload) { uploads.withLockedValue { $0[id] = upload } }

    func note(bodyBytes: Int64) {
        counters.withLockedValue {
            $0.requests += 1
            $0.bodyBytes += bodyBytes
        }
    }

    /// The counters since the last call; the digests of finished uploads are computed now.
    func drain() -> Counters {
        var result = counters.withLockedValue { counters in
            defer { counters = Counters() }
            return counters
        }
        let finished = uploads.withLockedValue { uploads in
            defer { uploads = [:] }
            return uploads.values.filter { !$0.digest.isEmpty }
        }
        for upload in finished {
            if upload.spool.digest() == upload.digest { result.verified += 1 } else { result.spoiled += 1 }
        }
        return result
    }
}

func fflushStandardOutput() {
    fflush(nil)
}
