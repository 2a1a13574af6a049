import NIOCore
import NIOPosix

/// Blocking work on the file threads that goes on while its caller does something else.
///
/// The parts of a round are done at the same time, and each part one round after another. Two rounds may be under way: a
/// part that is held up, such as by the disk, does not hold up the others at once.
struct FileWork {
    private let threads: NIOThreadPool
    private let loop: any EventLoop
    /// The last work of each part.
    private var parts: [EventLoopFuture<Void>] = []
    private var previous: [EventLoopFuture<Void>] = []

    init(threads: NIOThreadPool) {
        self.threads = threads
        loop = MultiThreadedEventLoopGroup.singleton.any()
    }

    /// Waits for the round before the last, then begins another one, with as many parts in the same order.
    mutating func begin(_ work: [@Sendable () throws -> Void]) async throws {
        try await Self.wait(for: previous)
        previous = parts
        parts = work.enumerated().map { [threads, loop, parts] part, work in
            guard part < parts.count else { return threads.runIfActive(eventLoop: loop, work) }
            return parts[part].flatMap { threads.runIfActive(eventLoop: loop, work) }
        }
    }

    /// Waits until everything is done, also after a cancellation or a failure.
    mutating func finish() async throws {
        defer { (previous, parts) = ([], []) }
        // What fails makes all that follows in its part fail too, and each part's last work says so.
        try await Self.wait(for: previous + parts)
    }

    private static func wait(for works: [EventLoopFuture<Void>]) async throws {
        var failure: (any Error)?
        for work in works {
            do {
                try await work.get()
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }
}
