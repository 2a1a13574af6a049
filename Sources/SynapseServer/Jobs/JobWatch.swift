import HTTPTypes
import Synchronization

/// Wakes those who follow a job when it has changed, and counts them.
///
/// It holds no lines: a follower reads them from the database behind a place of its own, so that a slow one costs
/// nothing but its own time.
final class JobWatch: Sendable {
    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct Followed {
        var followerCount = 0
        var version = 0
        var waiters: [Waiter] = []
    }

    private struct State {
        var jobs: [Int64: Followed] = [:]
        var writerCounts: [Int64: Int] = [:]
        var tailCounts: [Int64: Int] = [:]
        var nextID = 0
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())
    private let maximumTailCount: Int

    init(maximumTailCount: Int) {
        self.maximumTailCount = maximumTailCount
    }

    /// Someone who follows a job; gives its place back when it is gone.
    final class Tail: Sendable {
        let job: Int64
        private let tenant: Int64
        private let watch: JobWatch

        fileprivate init(job: Int64, tenant: Int64, watch: JobWatch) {
            self.job = job
            self.tenant = tenant
            self.watch = watch
        }

        deinit { watch.leave(job, tenant) }

        /// Take it before reading; a change that comes after the reading is then seen by the wait.
        var version: Int { watch.state.withLock { $0.jobs[job]?.version ?? 0 } }

        /// Whether something in this process is still writing the job's output.
        var hasWriter: Bool { watch.state.withLock { $0.writerCounts[job] != nil } }

        /// Waits until the job has changed since a version, at most for a while.
        ///
        /// - Returns: False when the time is over.
        /// - Throws: `CancellationError`.
        func wait(after version: Int, atMost limit: Duration) async throws -> Bool {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask { [watch, job] in
                    await watch.change(of: job, after: version)
                    return true
                }
                group.addTask {
                    try await Task.sleep(for: limit)
                    return false
                }
                defer { group.cancelAll() }
                let hasChanged = try await group.next() ?? false
                try Task.checkCancellation()
                return hasChanged
            }
        }
    }

    /// Takes a place to follow a job from.
    ///
    /// - Throws: ``APIError`` with status 429 when the tenant has too many.
    func follow(_ job: Int64, tenant: Int64) throws(APIError) -> Tail {
        let hasPlace = state.withLock { state in
            guard state.tailCounts[tenant, default: 0] < maximumTailCount else { return false }
            state.tailCounts[tenant, default: 0] += 1
            state.jobs[job, default: Followed()].followerCount += 1
            return true
        }
        guard hasPlace else {
            var error = APIError(
                .tooManyRequests, "At most \(maximumTailCount) console logs can be followed at a time.")
            error.headers[.retryAfter] = "5"
            throw error
        }
        return Tail(job: job, tenant: tenant, watch: self)
    }

    /// Says that a job's row or lines have changed; call it when the change is committed.
    func signal(_ job: Int64) {
        let waiters = state.withLock { state -> [Waiter] in
            guard var followed = state.jobs[job] else { return [] }
            followed.version += 1
            let waiters = followed.waiters
            followed.waiters = []
            state.jobs[job] = followed
            return waiters
        }
        for waiter in waiters { waiter.continuation.resume() }
    }

    /// Says that something in this process will write more output of the job, whatever its state is: followers stay.
    func beginWriting(_ job: Int64) {
        state.withLock { $0.writerCounts[job, default: 0] += 1 }
    }

    /// Ends what ``beginWriting(_:)`` began.
    func endWriting(_ job: Int64) {
        state.withLock { state in
            let count = state.writerCounts[job, default: 1] - 1
            state.writerCounts[job] = count > 0 ? count : nil
        }
        signal(job)
    }

    private func change(of job: Int64, after version: Int) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard let followed = state.jobs[job], followed.version == version, !state.cancelled.contains(id)
                    else { return true }
                    state.jobs[job]?.waiters.append(Waiter(id: id, continuation: continuation))
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.jobs[job]?.waiters.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.jobs[job]?.waiters.remove(at: index)
            }
            waiter?.continuation.resume()
        }
    }

    private func leave(_ job: Int64, _ tenant: Int64) {
        state.withLock { state in
            let tails = state.tailCounts[tenant, default: 1] - 1
            state.tailCounts[tenant] = tails > 0 ? tails : nil
            guard let followed = state.jobs[job] else { return }
            if followed.followerCount > 1 {
                state.jobs[job]?.followerCount -= 1
            } else {
                state.jobs[job] = nil
            }
        }
    }
}
