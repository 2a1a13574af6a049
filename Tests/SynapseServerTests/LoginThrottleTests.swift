import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

struct LoginThrottleTests {
    @Test func theThrottleIsBoundedAndForgets() throws {
        let clock = ManualClock()
        let throttle = LoginThrottle(maximumEntryCount: 100, now: { clock.now })
        let target = LoginThrottle.key("target@example.com", source: "192.0.2.1")
        for _ in 0..<7 { throttle.fail(target) }
        for index in 0..<1000 { throttle.fail(LoginThrottle.key("\(index)@example.com", source: "x")) }
        #expect(throttle.entryCount <= 100)
        #expect(throws: APIError.self) { try throttle.check(target) }
        #expect(target == LoginThrottle.key("Target@Example.com", source: "192.0.2.1"))
        // Whoever guesses locks nobody out who is somewhere else.
        try throttle.check(LoginThrottle.key("target@example.com", source: "192.0.2.2"))
        clock.advance(by: .seconds(1000))
        try throttle.check(target)
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "::ffff:192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2"),
        ("2001:db8::1", "2001:db8:0:0"), ("::1", "0:0:0:0"), ("fe80::1%eth0", "fe80:0:0:0"),
    ])
    func aSourceOfVersionSixIsItsNetwork(address: String, network: String) {
        #expect(BackendRequestContext.network(ofAddress: address) == network)
    }
}
