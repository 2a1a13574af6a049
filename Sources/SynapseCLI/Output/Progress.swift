import Synchronization

/// Progress on standard error: a bar that is drawn over on a terminal, a plain line at each tenth elsewhere.
final class Progress: Sendable {
    private struct State {
        var done: Int64 = 0
        var shown = -1
    }

    private let title: String
    private let total: Int64
    private let unit: Unit
    private let isDrawn: Bool
    private let state = Mutex(State())

    /// What is counted.
    enum Unit: Sendable {
        case items
        case bytes
    }

    init(_ title: String, total: Int64, unit: Unit) {
        self.title = title
        self.total = total
        self.unit = unit
        isDrawn = Terminal.showsProgress
    }

    /// Adds to what is done.
    func advance(by amount: Int64 = 1) {
        show { $0 + amount }
    }

    /// Sets what is done.
    func set(_ done: Int64) {
        show { max($0, done) }
    }

    /// Ends the line of the bar.
    func finish() {
        if isDrawn { Terminal.draw("\n") }
    }

    private func show(_ change: (Int64) -> Int64) {
        let line = state.withLock { state -> String? in
            state.done = min(change(state.done), total)
            // On paper short lists say only that they are done.
            let steps: Int64 = isDrawn ? 100 : unit == .items && total < 100 ? 1 : 10
            let share = total > 0 ? Double(state.done) / Double(total) : 1
            let step = Int(share * Double(steps))
            if !isDrawn, steps == 1, step == 0 { return nil }
            guard step > state.shown else { return nil }
            state.shown = step
            return text(state.done, share: share)
        }
        guard let line else { return }
        if isDrawn { Terminal.draw("\r\u{1B}[K" + line) } else { Terminal.say(line) }
    }

    private func text(_ done: Int64, share: Double) -> String {
        let amount =
            switch unit {
            case .items: "\(done)/\(total)"
            case .bytes: "\(ByteCount(done)) of \(ByteCount(total))"
            }
        let percent = "\(Int(share * 100)) %"
        guard isDrawn else { return "\(title): \(amount) (\(percent))" }
        let filled = Int(share * 30)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
        return "\(title) [\(bar)] \(percent), \(amount)"
    }
}

/// A number of bytes for people.
struct ByteCount: CustomStringConvertible {
    private let bytes: Int64

    init(_ bytes: Int64) {
        self.bytes = bytes
    }

    var description: String {
        var value = Double(bytes)
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if value < 1024 { return unit == "B" ? "\(bytes) B" : "\(Self.rounded(value)) \(unit)" }
            value /= 1024
        }
        return "\(Self.rounded(value)) TiB"
    }

    private static func rounded(_ value: Double) -> String {
        "\((value * 10).rounded() / 10)"
    }
}
