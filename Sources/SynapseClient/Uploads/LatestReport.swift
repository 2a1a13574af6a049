import Synchronization

/// Hands on a value that many tasks change: one call at a time, and never an older value after a newer one.
///
/// No lock is held during a call. What changes meanwhile is handed on by whoever makes the call, as one value.
package final class LatestReport<Value: Sendable>: Sendable {
    private struct State {
        var value: Value
        var isReporting = false
        var isNewer = false
    }

    private let state: Mutex<State>
    private let report: (@Sendable (Value) -> Void)?

    package init(_ value: Value, report: (@Sendable (Value) -> Void)?) {
        state = Mutex(State(value: value))
        self.report = report
    }

    package func change(_ body: (inout Value) -> Void) {
        guard let report else { return }
        let isFirst = state.withLock { state in
            body(&state.value)
            state.isNewer = true
            defer { state.isReporting = true }
            return !state.isReporting
        }
        guard isFirst else { return }
        while let value = next() { report(value) }
    }

    /// The value that was not handed on yet; without one the next change begins to report anew.
    private func next() -> Value? {
        state.withLock { state in
            state.isReporting = state.isNewer
            defer { state.isNewer = false }
            return state.isNewer ? state.value : nil
        }
    }
}
