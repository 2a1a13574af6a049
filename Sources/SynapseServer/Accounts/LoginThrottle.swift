import Crypto
import Synchronization

/// Slows down whoever guesses a user's password.
///
/// After a few failures the next attempt has to wait, each time twice as long, a minute at most. Failures are counted for
/// a user and a source together, so that nobody who guesses locks the user out elsewhere. The attempts of one pair are
/// made one after another (``PasswordKeeper``), so that many at once are no way around it. The table is bounded; who
/// failed most is the last to be dropped from it.
final class LoginThrottle: Sendable {
    private struct Entry {
        var failures = 0
        var last: ContinuousClock.Instant
        var opens: ContinuousClock.Instant
    }

    static let freeFailureCount = 5
    private static let longestWait = 60
    private static let memory: Duration = .seconds(15 * 60)

    private let maximumEntryCount: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let entries = Mutex<[String: Entry]>([:])

    init(maximumEntryCount: Int = 10_000, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.maximumEntryCount = maximumEntryCount
        self.now = now
    }

    var entryCount: Int { entries.withLock { $0.count } }

    /// A digest, so that a long address takes no more room than a short one.
    static func key(_ user: String, source: String) -> String {
        Hexadecimal.text(SHA256.hash(data: Array("\(user.lowercased())\n\(source)".utf8)))
    }

    /// - Throws: ``APIError`` with status 429 while the key has to wait.
    func check(_ key: String) throws(APIError) {
        let now = now()
        let wait = entries.withLock { entries -> Int? in
            guard let entry = entries[key], entry.opens > now else { return nil }
            return max(1, Int(((entry.opens - now) / .seconds(1)).rounded(.up)))
        }
        if let wait { throw APIError.tooManyAttempts(retryAfter: wait) }
    }

    /// Counts a wrong password.
    func fail(_ key: String) {
        let now = now()
        entries.withLock { entries in
            if entries[key] == nil, entries.count >= maximumEntryCount { Self.prune(&entries, now) }
            var entry = entries[key] ?? Entry(last: now, opens: now)
            if entry.last.advanced(by: Self.memory) < now { entry = Entry(last: now, opens: now) }
            entry.failures += 1
            entry.last = now
            let surplus = entry.failures - Self.freeFailureCount
            if surplus >= 0 { entry.opens = now.advanced(by: .seconds(min(Self.longestWait, 1 << min(surplus, 10)))) }
            entries[key] = entry
        }
    }

    /// Forgets the failures of somebody who got in.
    func succeed(_ key: String) {
        entries.withLock { _ = $0.removeValue(forKey: key) }
    }

    /// Makes room: first what is old, then half of the rest, beginning with those that have few failures.
    private static func prune(_ entries: inout [String: Entry], _ now: ContinuousClock.Instant) {
        let before = entries.count
        entries = entries.filter { $0.value.last.advanced(by: memory) >= now }
        guard entries.count == before else { return }
        let order = entries.sorted { ($0.value.failures, $0.value.last) < ($1.value.failures, $1.value.last) }
        for (key, _) in order.prefix(before / 2 + 1) { entries[key] = nil }
    }
}
