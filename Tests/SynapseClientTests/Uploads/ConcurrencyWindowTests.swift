import SynapseClient
import Testing

struct ConcurrencyWindowTests {
    @Test func `It grows fast at first and stops at the most`() {
        var window = ConcurrencyWindow(start: 8, maximum: 32)
        for _ in 0..<24 { window.succeeded() }
        #expect(window.limit == 32)
        for _ in 0..<100 { window.succeeded() }
        #expect(window.limit == 32)
    }

    @Test func `A refusal halves it once for all that were under way`() {
        var window = ConcurrencyWindow(start: 32, maximum: 32)
        let epoch = window.epoch
        for _ in 0..<10 { window.refused(startedIn: epoch) }
        #expect(window.limit == 16)
        window.refused(startedIn: window.epoch)
        #expect(window.limit == 8)
    }

    @Test func `After a refusal a whole round of successes adds one`() {
        var window = ConcurrencyWindow(start: 8, maximum: 32)
        window.refused(startedIn: 0)
        #expect(window.limit == 4)
        for _ in 0..<3 { window.succeeded() }
        #expect(window.limit == 4)
        window.succeeded()
        #expect(window.limit == 5)
        for _ in 0..<(5 + 6 + 7) { window.succeeded() }
        #expect(window.limit == 8)
    }

    @Test func `One request always runs`() {
        var window = ConcurrencyWindow(start: 0, maximum: 0)
        #expect(window.limit == 1)
        window.refused(startedIn: 0)
        #expect(window.limit == 1)
    }
}
