import Foundation
import SynapseModels
import Testing

@Suite struct TimestampTests {
    @Test(
        "A timestamp of the wire is a moment, whatever its fraction and zone",
        arguments: [
            ("2026-01-15T09:48:11Z", 1_768_470_491), ("2026-01-15T09:48:11+00:00", 1_768_470_491),
            ("2026-01-15T09:48:11-00:00", 1_768_470_491), ("2026-01-15T18:48:11+09:00", 1_768_470_491),
            ("2026-01-15T04:18:11-05:30", 1_768_470_491), ("2026-01-15T09:48:11.5Z", 1_768_470_491.5),
            ("2026-01-15T09:48:11.868Z", 1_768_470_491.868), ("2026-01-15T09:48:11.868076Z", 1_768_470_491.868076),
            ("2026-01-15T09:48:11.868076+00:00", 1_768_470_491.868076),
            ("2026-01-15T18:48:11.868076+09:00", 1_768_470_491.868076),
            ("2026-01-15T09:48:11.000001Z", 1_768_470_491.000001),
            ("2026-01-15T09:48:11.123456789Z", 1_768_470_491.123457),
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.75Z", -0.25), ("2000-02-29T00:00:00Z", 951_782_400),
            ("2024-02-29T23:59:59.999999Z", 1_709_251_199.999999),
        ] as [(String, Double)])
    func readsMoments(_ text: String, _ seconds: Double) throws {
        let timestamp = try Timestamp(json: "\"\(text)\"")
        #expect(timestamp.rawValue == text)
        #expect(timestamp.json == "\"\(text)\"")
        let date = try #require(timestamp.date)
        #expect(abs(date.timeIntervalSince1970 - seconds) < 0.000_001)
    }

    @Test(
        "What is no moment is kept as text",
        arguments: [
            "", "today", "2026-01-15", "2026-13-15T09:48:11Z", "2026-01-15T09:48:11", "1768470491", "2026-01-15T",
        ])
    func keepsText(_ text: String) throws {
        let timestamp = try Timestamp(json: "\"\(text)\"")
        #expect(timestamp.date == nil)
        #expect(timestamp.description == text)
    }

    @Test("A moment is written in UTC with milliseconds, and reads back")
    func writesMoments() throws {
        let timestamp = Timestamp(Date(timeIntervalSince1970: 1_768_470_491.868))
        #expect(timestamp.rawValue == "2026-01-15T09:48:11.868Z")
        let read = try #require(timestamp.date)
        #expect(abs(read.timeIntervalSince1970 - 1_768_470_491.868) < 0.0005)
        #expect(Timestamp(Date(timeIntervalSince1970: 0)).rawValue == "1970-01-01T00:00:00.000Z")
        #expect(Timestamp.now.date != nil)
    }

    @Test("A timestamp must be a string")
    func refusesOtherTypes() {
        #expect(throws: JSONError.self) { try Timestamp(json: "1768470491") }
        #expect(throws: JSONError.self) { try Timestamp(json: "null") }
    }
}
