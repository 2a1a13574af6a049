import NIOCore
import NIOPosix

/// Blocking work on the file threads that goes on while its caller does something else; one round at a time.
struct FileWork {
    private let threads: NIOThreadPool
    private let loop: any EventLoop
    private var round: [EventLoopFuture<Void>] = []

    init(threads: NIOThreadPool) {
        self.threads = threads
        loop = MultiThreadedEventLoopGroup.singleton.any()
    }

    /// Waits for the round before, then begins work whose parts may be done at the same time.
    mutating func begin(_ parts: [@Sendable () throws -> Void]) async throws {
        try await finish()
        round = parts.map { threads.runIfActive(eventLoop: loop, $0) }
    }

    /// Waits until everything is done, also after a cancellation or a failure.
    mutating func finish() async throws {
        var failure: (any Error)?
        for part in round {
            do {
                try await part.get()
            } catch {
                failure = failure ?? error
            }
        }
        round = []
        if let failure { throw failure }
    }
}
