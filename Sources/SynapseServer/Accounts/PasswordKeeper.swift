import HTTPTypes
import Synchronization

/// Makes and compares passwords' digests: a few at a time, off the event loop, and with a limit on guesses.
final class PasswordKeeper: Sendable {
    static let shortest = 8
    static let longest = 1024
    /// Digests at a time: the file threads have other work, and the cores too.
    private static let slotCount = 2
    private static let maximumWaitingCount = 32
    /// How many of them one source may have, so that it leaves room for others.
    private static let maximumShare = 16

    /// Compared when there is no such user, so that an answer takes as long as for one that is there.
    private static let decoy = "pbkdf2-sha256$\(PasswordDigest.rounds)$00$00"

    private let throttle: LoginThrottle
    private let files: LocalFileStore
    private let slots = KeyedLock()
    private let turns = KeyedLock()
    private let load = Mutex(Load())

    private struct Load {
        var next = 0
        /// How many wait from each source; new passwords come from none.
        var waiting: [String?: Int] = [:]
    }

    init(files: LocalFileStore, throttle: LoginThrottle) {
        self.files = files
        self.throttle = throttle
    }

    func digest(_ password: String) async throws -> String {
        try await waiting(from: nil) { slot in try await inSlot(slot) { try PasswordDigest.make(password) } }
    }

    /// Whether a password is right; `kept` is nil for a user who is not there or has none.
    ///
    /// Attempts on one user from one source wait for each other, so that each sees the failures of those before it.
    /// - Throws: ``APIError`` with status 429 after too many failures, or while too many wait for their turn, in all or
    ///   from the source.
    func matches(_ password: String, _ kept: String?, user: String, source: String) async throws -> Bool {
        let key = LoginThrottle.key(user, source: source)
        return try await waiting(from: source) { slot in
            try await turns.withLock(key) {
                try throttle.check(key)
                let isRight = try await inSlot(slot) { try PasswordDigest.matches(password, kept ?? Self.decoy) }
                guard isRight, kept != nil else {
                    throttle.fail(key)
                    return false
                }
                throttle.succeed(key)
                return true
            }
        }
    }

    /// Gives out slots in turn, unless too many wait.
    private func waiting<Value>(
        from source: String?, _ body: (_ slot: String) async throws -> Value
    ) async throws -> Value {
        let slot = load.withLock { load -> Int? in
            let share = load.waiting[source] ?? 0
            guard load.waiting.values.reduce(0, +) < Self.maximumWaitingCount,
                source == nil || share < Self.maximumShare
            else { return nil }
            load.waiting[source] = share + 1
            load.next = (load.next + 1) % Self.slotCount
            return load.next
        }
        guard let slot else { throw APIError.tooManyAttempts(retryAfter: 5) }
        defer {
            load.withLock { load in
                let share = load.waiting[source] ?? 0
                load.waiting[source] = share > 1 ? share - 1 : nil
            }
        }
        return try await body("\(slot)")
    }

    private func inSlot<Value: Sendable>(
        _ slot: String, _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await slots.withLock(slot) { [files] in try await files.run(work) }
    }
}

extension APIError {
    static func tooManyAttempts(retryAfter seconds: Int) -> APIError {
        var error = APIError(.tooManyRequests, "Too many attempts; try again in \(seconds) seconds.")
        error.headers[.retryAfter] = "\(seconds)"
        return error
    }
}
