/// How many requests may run at once, learnt from the answers: more while the server keeps up, half when it refuses.
///
/// Until the first refusal each success adds one, which doubles the number in each round; after it a whole round of
/// successes adds one (additive increase, multiplicative decrease). Pure.
package struct ConcurrencyWindow: Sendable, Hashable {
    /// How many may run now.
    package private(set) var limit: Int
    /// How often the number was lowered; a request remembers the value at its start.
    package private(set) var epoch = 0
    private let maximum: Int
    private var isSlowStart = true
    private var successes = 0

    /// Begins with `start` and never goes above `maximum`.
    package init(start: Int, maximum: Int) {
        self.maximum = max(1, maximum)
        limit = min(max(1, start), self.maximum)
    }

    /// A request was answered well.
    package mutating func succeeded() {
        guard limit < maximum else { return }
        successes += 1
        guard isSlowStart || successes >= limit else { return }
        successes = 0
        limit += 1
    }

    /// The server refused a request because it has too much to do.
    ///
    /// Requests that were under way at the last refusal say nothing new: they are not counted again.
    package mutating func refused(startedIn epoch: Int) {
        guard epoch == self.epoch else { return }
        self.epoch += 1
        isSlowStart = false
        successes = 0
        limit = max(1, limit / 2)
    }
}
