import Synchronization

/// Turns the running totals of a body's reader into pieces; a body that is read again begins anew.
package final class PieceCounter: Sendable {
    private let start: Int64
    private let known = Mutex<Int64>(0)
    private let report: @Sendable (_ byteCount: Int64, _ end: Int64) -> Void

    package init(start: Int64, report: @escaping @Sendable (_ byteCount: Int64, _ end: Int64) -> Void) {
        self.start = start
        self.report = report
    }

    /// Takes how many bytes of the range were read.
    package func note(_ total: Int64) {
        let count = known.withLock { known in
            defer { known = total }
            return total > known ? total - known : total
        }
        report(count, start + total)
    }
}
