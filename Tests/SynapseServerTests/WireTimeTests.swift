import SynapseModels
import SynapseTestSupport
import Testing

@testable import SynapseServer

@Suite(.timeLimit(.minutes(2)))
struct WireTimeTests {
    @Test(arguments: [
        ("2026-01-15T09:48:11.868076Z", "2026-01-15T09:48:11.868076Z"),
        ("2026-01-15T09:48:11.868076+00:00", "2026-01-15T09:48:11.868076Z"),
        ("2026-01-15T09:48:11.000001Z", "2026-01-15T09:48:11.000001Z"),
        ("2026-01-15T09:48:11.9999999Z", "2026-01-15T09:48:11.999999Z"),
        ("2026-01-15T09:48:11.5Z", "2026-01-15T09:48:11.500000Z"),
        ("2026-01-15t09:48:11z", "2026-01-15T09:48:11.000000Z"),
        ("2026-01-15T00:30:00+09:00", "2026-01-14T15:30:00.000000Z"),
        ("2026-01-15T00:30:00 09:00", "2026-01-14T15:30:00.000000Z"),
        ("2025-12-31T23:30:00-0130", "2026-01-01T01:00:00.000000Z"),
        ("2024-02-29", "2024-02-29T00:00:00.000000Z"), ("0999-01-01", "0999-01-01T00:00:00.000000Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ])
    func momentsAreReadToTheMicrosecond(text: String, expected: String) {
        #expect(WireTime.normalized(text) == expected)
    }

    @Test(arguments: [
        "", "yesterday", "2026-13-01", "2026-00-10", "2026-02-29", "2026-01-32", "2026-01-15T25:61:61Z",
        "2026-01-15T24:00:00Z", "2026-01-15T23:59:60Z", "2026-01-15T09:48:11", "2026-01-15T09:48Z",
        "2026-01-15T09:48:11.Z", "2026-01-15T09:48:11+25:00", "2026-01-15T09:48:11+09:60", "0000-01-01",
        "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00", "+999999-01-15T00:00:00Z", "2026-1-5",
        "2026-01-15T09:48:11Zz", "éééééééééé", "99999999999999999999-01-15T00:00:00Z",
    ])
    func whatIsNoMomentIsRefused(text: String) {
        #expect(WireTime.normalized(text) == nil)
    }

    @Test func aRowIsFoundByItsOwnTime() async throws {
        try await withEmbeddedBackend { backend in
            let client = TestClient(backend)
            for index in 0..<24 {
                let file = try await client.upload(Array("time \(index)".utf8))
                let created = file["created"].stringValue ?? ""
                for (sign, count) in [("lte", 1), ("gte", 1), ("lt", 0), ("gt", 0)] {
                    let reply = try await client.get("/data_files/?id=\(file.id)&created__\(sign)=\(created)")
                    #expect(reply["count"] == .integer(Int64(count)), "\(sign) \(created)")
                }
            }
        }
    }
}
